"""The publishers' library: puts a department's records on its topics and says at once what is wrong with them."""
