// Reads a JSON array of AsyncAPI documents from standard input; prints for each what AsyncAPI's own parser finds in it.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const told = [];
for (const document of JSON.parse(readFileSync(0, "utf-8"))) {
  const { document: parsed, diagnostics } = await parser.parse(document);
  const found = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join(".") }));
  told.push({ channels: parsed?.channels().all().length ?? null, operations: parsed?.operations().all().length ?? null, found });
}
process.stdout.write(JSON.stringify(told));
