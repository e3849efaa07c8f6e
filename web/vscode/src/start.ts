// Puts the extension together.
import * as vscode from "vscode";
import { CommandLine } from "./cli";
import { registerCommands } from "./commands";
import { Documents } from "./documents";
import type { Host } from "./host";
import { Navigation } from "./navigation";
import { Panel } from "./panel";
import { GRAPH, planPanel } from "./panels";
import { loadPlanner } from "./planner";
import { QuickFixes, showProblems } from "./problems";
import { Projects } from "./projects";
import { followFiles, Renames } from "./rename";
import { showStatus } from "./status";

const SQL: vscode.DocumentSelector = [{ pattern: "**/*.sql" }];
const ALL_FILES: vscode.DocumentSelector = [{ pattern: "**/*.sql" }, { pattern: "**/project.toml" }];

export async function start(context: vscode.ExtensionContext, host: Host): Promise<void> {
  await loadPlanner(context.extensionUri);
  const projects = new Projects();
  const documents = new Documents();
  const cli = new CommandLine(host);
  const panels = {
    plan: new Panel(planPanel(cli), context.extensionUri, projects, documents),
    graph: new Panel(GRAPH, context.extensionUri, projects, documents),
  };
  const navigation = new Navigation(projects);
  const renames = new Renames(projects);
  const languages = vscode.languages;
  context.subscriptions.push(
    projects,
    documents,
    cli,
    panels.plan,
    panels.graph,
    showProblems(projects),
    showStatus(projects),
    languages.registerDefinitionProvider(SQL, navigation),
    languages.registerReferenceProvider(SQL, navigation),
    languages.registerHoverProvider(SQL, navigation),
    languages.registerDocumentSymbolProvider(SQL, navigation, { label: "mz-deploy" }),
    languages.registerWorkspaceSymbolProvider(navigation),
    languages.registerCompletionItemProvider(SQL, navigation, ".", ":"),
    languages.registerRenameProvider(SQL, renames),
    languages.registerCodeActionsProvider(ALL_FILES, new QuickFixes(projects), {
      providedCodeActionKinds: QuickFixes.kinds,
    }),
    followFiles(projects, renames),
    cli.onDidChange(() => panels.plan.refresh()),
    registerCommands(projects, panels, documents, cli),
  );
  await cli.find();
  await projects.search();
}
