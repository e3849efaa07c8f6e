// The part of the git extension's interface that is used, in a browser, where the real one doesn't run: the last commit is what the
// test server has, and whatever differs from it has changed.
const vscode = require("vscode");

exports.activate = async (context) => {
  const committed = await (
    await fetch(vscode.Uri.joinPath(context.extensionUri, "..", "files.json").toString())
  ).json();
  const root = vscode.workspace.workspaceFolders[0].uri;
  const changed = new vscode.EventEmitter();
  const state = {
    HEAD: { commit: "0123456789abcdef0123456789abcdef01234567" },
    indexChanges: [],
    workingTreeChanges: [],
    untrackedChanges: [],
    onDidChange: changed.event,
  };
  vscode.workspace.onDidSaveTextDocument(({ uri, getText }) => {
    const path = uri.path.slice(1);
    const change = { uri, originalUri: uri, renameUri: undefined, status: 5 };
    state.workingTreeChanges = state.workingTreeChanges.filter((other) => other.uri.path !== uri.path);
    if (committed[path] === undefined) state.untrackedChanges.push({ ...change, status: 7 });
    else if (committed[path] !== getText()) state.workingTreeChanges.push(change);
    changed.fire();
  });
  const repository = { rootUri: root, state, show: async (_ref, path) => committed[path.slice(1)] };
  const api = { getRepository: () => repository, onDidOpenRepository: new vscode.EventEmitter().event };
  return { getAPI: () => api };
};
