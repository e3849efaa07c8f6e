// Serves folders as any static server would, and nothing else: `node serve.mjs PORT /=FOLDER /other/=FOLDER`.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

const [port, ...mapped] = process.argv.slice(2);
// The longest prefix first.
const folders = mapped.map((each) => each.split("=")).sort(([a], [b]) => b.length - a.length);

function fileOf(pathname) {
  const [prefix, folder] = folders.find(([each]) => pathname.startsWith(each)) ?? [];
  if (folder === undefined) {
    return undefined;
  }
  const rest = decodeURIComponent(pathname.slice(prefix.length));
  // Normalised from the root, a path can't leave the folder.
  const path = join(folder, normalize(`/${rest === "" ? "index.html" : rest}`));
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

const server = createServer((request, response) => {
  const path = fileOf(new URL(request.url ?? "/", "http://localhost").pathname);
  if (path === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
  createReadStream(path).pipe(response);
});

server.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/`));
