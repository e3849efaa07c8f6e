// The plan in one line, in the status bar.
import * as vscode from "vscode";
import type { Project } from "./project";
import type { Projects } from "./projects";
import { summary } from "./summary";

export function showStatus(projects: Projects): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("mzDeploy.plan", vscode.StatusBarAlignment.Left, 50);
  item.name = "mz-deploy plan";
  item.command = "mzDeploy.showPlan";
  const current = () => projects.of(vscode.window.activeTextEditor?.document.uri) ?? projects.all[0];
  const update = () => {
    const project = current();
    if (project?.preview === undefined) {
      item.hide();
      return;
    }
    const { icon, text } = summary(project.preview);
    item.text = `$(${icon}) ${text}`;
    item.tooltip = tooltip(project);
    item.accessibilityInformation = {
      label: `mz-deploy: ${text}, compared with ${project.baseline?.words ?? "nothing"}`,
    };
    item.show();
  };
  update();
  return vscode.Disposable.from(
    item,
    projects.onDidChange(update),
    projects.onDidClose(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

function tooltip(project: Project): string {
  const { outline } = project.preview ?? {};
  const lines = [`${project.name}, compared with ${project.baseline?.words ?? "nothing"}`];
  if (project.baseline?.problem !== undefined) {
    lines.push(project.baseline.problem);
  }
  if (outline !== undefined) {
    lines.push(outline.cost_in_words);
  }
  return lines.join("\n");
}
