"""How fast the hub is on this machine, against the engines that users would take instead: what `hub bench` runs.

It is part of the package, so that whoever installs the wheel can measure the machine on which the hub is to run.
"""
