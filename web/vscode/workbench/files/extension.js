// A file system in memory, with the files that the test server has.
const vscode = require("vscode");

exports.activate = async (context) => {
  const files = new Files();
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider("testfs", files, { isCaseSensitive: true }));
  const address = vscode.Uri.joinPath(context.extensionUri, "..", "files.json").toString();
  await files.load(await (await fetch(address)).json());
};

class Files {
  constructor() {
    this.entries = new Map([["/", undefined]]);
    this.changed = new vscode.EventEmitter();
    this.onDidChangeFile = this.changed.event;
    this.loaded = new Promise((done) => {
      this.isLoaded = done;
    });
  }

  load(texts) {
    for (const [path, text] of Object.entries(texts)) {
      this.put(`/${path}`, new TextEncoder().encode(text));
    }
    this.isLoaded();
  }

  put(path, bytes) {
    const parts = path.split("/").slice(1);
    for (let depth = 1; depth < parts.length; depth += 1) {
      this.entries.set(`/${parts.slice(0, depth).join("/")}`, undefined);
    }
    this.entries.set(path, bytes);
  }

  watch() {
    return new vscode.Disposable(() => {});
  }

  async find(uri) {
    await this.loaded;
    if (!this.entries.has(uri.path)) throw vscode.FileSystemError.FileNotFound(uri);
    return this.entries.get(uri.path);
  }

  async stat(uri) {
    const bytes = await this.find(uri);
    return {
      type: bytes === undefined ? vscode.FileType.Directory : vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size: bytes?.length ?? 0,
    };
  }

  async readDirectory(uri) {
    await this.find(uri);
    const prefix = uri.path === "/" ? "/" : `${uri.path}/`;
    return [...this.entries]
      .filter(([path]) => path.startsWith(prefix) && path !== "/" && !path.slice(prefix.length).includes("/"))
      .map(([path, bytes]) => [
        path.slice(prefix.length),
        bytes === undefined ? vscode.FileType.Directory : vscode.FileType.File,
      ]);
  }

  async readFile(uri) {
    const bytes = await this.find(uri);
    if (bytes === undefined) throw vscode.FileSystemError.FileIsADirectory(uri);
    return bytes;
  }

  writeFile(uri, bytes) {
    const type = this.entries.has(uri.path) ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created;
    this.put(uri.path, bytes);
    this.changed.fire([{ type, uri }]);
  }

  createDirectory(uri) {
    this.entries.set(uri.path, undefined);
  }

  delete(uri) {
    for (const path of [...this.entries.keys()]) {
      if (path === uri.path || path.startsWith(`${uri.path}/`)) this.entries.delete(path);
    }
    this.changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from, to) {
    for (const [path, bytes] of [...this.entries]) {
      if (path === from.path || path.startsWith(`${from.path}/`)) {
        this.entries.delete(path);
        this.put(to.path + path.slice(from.path.length), bytes);
      }
    }
    this.changed.fire([
      { type: vscode.FileChangeType.Deleted, uri: from },
      { type: vscode.FileChangeType.Created, uri: to },
    ]);
  }
}
