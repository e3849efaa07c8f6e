// Problems as the editor shows them, and their quick fixes.
import type { DiagnosticView } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { differing } from "./differences";
import { locationOf, rangeOf } from "./places";
import type { Project } from "./project";
import type { Projects } from "./projects";

const SOURCE = "mz-deploy";

export function showProblems(projects: Projects): vscode.Disposable {
  const shown = new Map<Project, Shown>();
  const publish = (project: Project) => {
    const known = shown.get(project) ?? new Shown();
    shown.set(project, known);
    known.publish(project);
  };
  projects.all.forEach(publish);
  return vscode.Disposable.from(
    projects.onDidChange(publish),
    projects.onDidClose((project) => {
      shown.get(project)?.collection.dispose();
      shown.delete(project);
    }),
    {
      dispose: () => {
        shown.forEach(({ collection }) => {
          collection.dispose();
        });
      },
    },
  );
}

/** The problems of a project as they are shown. The editor asks for fixes after each change of them: what is the same is left alone. */
class Shown {
  readonly collection = vscode.languages.createDiagnosticCollection(SOURCE);
  private texts: ReadonlyMap<string, string> = new Map();

  publish(project: Project): void {
    const files = byFile(project.problems);
    const texts = new Map([...files].map(([path, problems]) => [path, JSON.stringify(problems)]));
    for (const path of differing(this.texts, texts)) {
      const problems = files.get(path)?.map((problem) => diagnostic(project, problem));
      this.collection.set(project.uriOf(path), problems);
    }
    this.texts = texts;
  }
}

function byFile(problems: readonly DiagnosticView[]): Map<string, DiagnosticView[]> {
  const files = new Map<string, DiagnosticView[]>();
  for (const problem of problems) {
    const path = problem.primary.path || "project.toml";
    files.set(path, [...(files.get(path) ?? []), problem]);
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
