// What `action.yml` runs.
import { run } from "./main.mjs";

process.exitCode = await run(process.env, (line) => process.stdout.write(`${line}\n`));
