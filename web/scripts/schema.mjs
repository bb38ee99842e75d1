// Writes src/api/schema.d.ts from the server's own OpenAPI document; with --check only says whether it is current.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const target = new URL("../src/api/schema.d.ts", import.meta.url);
const jiqun = process.env.JIQUN ?? "jiqun";
const document = JSON.parse(execFileSync(jiqun, ["openapi"], { maxBuffer: 64 << 20, encoding: "utf8" }));
const made = COMMENT_HEADER + astToString(await openapiTS(document));

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== made) {
    console.error("src/api/schema.d.ts is not what the server says. Run: npm run schema");
    process.exit(1);
  }
  console.log("src/api/schema.d.ts is current");
} else {
  writeFileSync(target, made);
  console.log("src/api/schema.d.ts written");
}
