// Problems as the editor shows them, and their quick fixes.
import type { DiagnosticView } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { locationOf, rangeOf } from "./places";
import type { Project } from "./project";
import type { Projects } from "./projects";

const SOURCE = "mz-deploy";

export function showProblems(projects: Projects): vscode.Disposable {
  const shown = new Map<Project, vscode.DiagnosticCollection>();
  const publish = (project: Project) => {
    const collection = shown.get(project) ?? vscode.languages.createDiagnosticCollection(SOURCE);
    shown.set(project, collection);
    collection.clear();
    collection.set([...byFile(project)].map(([path, problems]) => [project.uriOf(path), problems]));
  };
  projects.all.forEach(publish);
  return vscode.Disposable.from(
    projects.onDidChange(publish),
    projects.onDidClose((project) => {
      shown.get(project)?.dispose();
      shown.delete(project);
    }),
    {
      dispose: () => {
        shown.forEach((collection) => {
          collection.dispose();
        });
      },
    },
  );
}

function byFile(project: Project): Map<string, vscode.Diagnostic[]> {
  const files = new Map<string, vscode.Diagnostic[]>();
  for (const problem of project.problems) {
    const path = problem.primary.path || "project.toml";
    files.set(path, [...(files.get(path) ?? []), diagnostic(project, problem)]);
  }
  return files;
}

function diagnostic(project: Project, view: DiagnosticView): vscode.Diagnostic {
  const severity = view.severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const message = [view.message, view.primary.message ?? "", ...(view.help ?? []).map((help) => `help: ${help}`)];
  const shown = new vscode.Diagnostic(
    rangeOf(view.primary),
    message.filter((line) => line !== "").join("\n"),
    severity,
  );
  shown.source = SOURCE;
  shown.code = view.code;
  shown.relatedInformation = (view.secondary ?? [])
    .filter((label) => label.path !== undefined)
    .map((label) => new vscode.DiagnosticRelatedInformation(locationOf(project, label), label.message ?? ""));
  return shown;
}

/** The fixes that the planner knows. */
export class QuickFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(private readonly projects: Projects) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const project = this.projects.of(document.uri);
    if (project === undefined) {
      return [];
    }
    project.follow(document);
    await project.look();
    const path = project.pathOf(document.uri);
    const here = project.problems.filter(
      (problem) => problem.primary.path === path && rangeOf(problem.primary).intersection(range) !== undefined,
    );
    return here.flatMap((problem) => {
      const { fix } = problem;
      if (fix?.at.path === undefined) {
        return [];
      }
      const title = fix.replacement === "" ? "Remove it" : `Replace by \`${oneLine(fix.replacement)}\``;
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(project.uriOf(fix.at.path), rangeOf(fix.at), fix.replacement);
      action.diagnostics = context.diagnostics.filter(
        (shown) => shown.code === problem.code && shown.source === SOURCE,
      );
      action.isPreferred = true;
      return [action];
    });
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
