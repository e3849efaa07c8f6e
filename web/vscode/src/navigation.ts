// Definition, references, hover, outline, names and completion: each asks the planner and says it in the editor's shapes.
import type { CompletionKind, HoverView, SymbolKind, SymbolView } from "@mz-deploy/planner";
import * as vscode from "vscode";
import { locationOf, rangeOf } from "./places";
import type { Project } from "./project";
import type { Projects } from "./projects";

/** A place that somebody points to, as the planner takes it. */
interface At {
  readonly project: Project;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The place, with what is typed by now. */
export function at(projects: Projects, document: vscode.TextDocument, position: vscode.Position): At | undefined {
  const project = projects.of(document.uri);
  const path = project?.pathOf(document.uri);
  if (project === undefined || path === undefined) {
    return undefined;
  }
  project.follow(document);
  return { project, path, line: position.line + 1, column: position.character + 1 };
}

export class Navigation
  implements
    vscode.DefinitionProvider,
    vscode.ReferenceProvider,
    vscode.HoverProvider,
    vscode.DocumentSymbolProvider,
    vscode.WorkspaceSymbolProvider,
    vscode.CompletionItemProvider
{
  constructor(private readonly projects: Projects) {}

  provideDefinition(document: vscode.TextDocument, position: vscode.Position): vscode.Location[] {
    const place = at(this.projects, document, position);
    const found = place?.project.planner.definition(place.path, place.line, place.column) ?? [];
    return found.flatMap((target) => (place === undefined ? [] : [locationOf(place.project, target)]));
  }

  provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.ReferenceContext,
  ): vscode.Location[] {
    const place = at(this.projects, document, position);
    const found =
      place?.project.planner.references(place.path, place.line, place.column, context.includeDeclaration) ?? [];
    return found.flatMap((target) => (place === undefined ? [] : [locationOf(place.project, target)]));
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const place = at(this.projects, document, position);
    const view = place?.project.planner.hover(place.path, place.line, place.column);
    return view === undefined ? undefined : new vscode.Hover(hoverText(view), rangeOf(view.at));
  }

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    const place = at(this.projects, document, new vscode.Position(0, 0));
    return (place?.project.planner.symbols(place.path) ?? []).map(documentSymbol);
  }

  provideWorkspaceSymbols(query: string): vscode.SymbolInformation[] {
    return this.projects.all.flatMap((project) =>
      project.planner
        .findSymbols(query)
        .map(
          (view) =>
            new vscode.SymbolInformation(
              view.name,
              SYMBOLS[view.kind],
              view.detail ?? "",
              locationOf(project, view.selection),
            ),
        ),
    );
  }

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionList {
    const place = at(this.projects, document, position);
    const view = place?.project.planner.completions(place.path, place.line, place.column);
    if (view === undefined) {
      return new vscode.CompletionList([]);
    }
    const range = new vscode.Range(position.translate(0, -Math.min(view.written, position.character)), position);
    const items = view.completions.map(({ name, kind, detail }, order) => {
      const item = new vscode.CompletionItem(name, COMPLETIONS[kind]);
      item.detail = detail;
      item.range = range;
      item.sortText = String(order).padStart(4, "0");
      return item;
    });
    return new vscode.CompletionList(items, view.incomplete);
  }
}

const MOST_NAMES = 12;

/** What comes from files is appended as text or stands in code blocks, so nothing of it is read as markup. */
function hoverText(view: HoverView): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(`${view.name}  -- ${view.what}`, "sql");
  if (view.comment !== undefined) {
    text.appendText(view.comment).appendMarkdown("\n\n");
  }
  if (view.value !== undefined) {
    text.appendCodeblock(view.value, "sql");
  }
  if ((view.columns ?? []).length > 0) {
    const columns = (view.columns ?? []).map(({ name, data_type, not_null }) =>
      [name, data_type ?? "", not_null === true ? "NOT NULL" : ""].filter((part) => part !== "").join(" "),
    );
    text.appendCodeblock(`(\n  ${columns.join(",\n  ")}\n)`, "sql");
  }
  const line = (label: string, names: readonly string[]) => {
    if (names.length > 0) {
      const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
      text
        .appendMarkdown(`**${label}** `)
        .appendText(`${names.slice(0, MOST_NAMES).join(", ")}${more}`)
        .appendMarkdown("  \n");
    }
  };
  line("on", view.clusters ?? []);
  line("reads", view.reads ?? []);
  line(view.what.startsWith("cluster") ? "runs" : "read by", view.read_by ?? []);
  if (view.downstream > (view.read_by ?? []).length) {
    text.appendMarkdown(`${view.downstream} objects follow from it  \n`);
  }
  return text;
}

function documentSymbol(view: SymbolView): vscode.DocumentSymbol {
  const symbol = new vscode.DocumentSymbol(
    view.name || "?",
    view.detail ?? "",
    SYMBOLS[view.kind],
    rangeOf(view.at),
    rangeOf(view.selection),
  );
  symbol.children = (view.children ?? []).map(documentSymbol);
  return symbol;
}

const SYMBOLS: Record<SymbolKind, vscode.SymbolKind> = {
  view: vscode.SymbolKind.Function,
  "materialized-view": vscode.SymbolKind.Class,
  table: vscode.SymbolKind.Struct,
  source: vscode.SymbolKind.Interface,
  sink: vscode.SymbolKind.Module,
  secret: vscode.SymbolKind.Constant,
  connection: vscode.SymbolKind.Namespace,
  cluster: vscode.SymbolKind.Package,
  role: vscode.SymbolKind.Object,
  "network-policy": vscode.SymbolKind.Object,
  index: vscode.SymbolKind.Key,
  grant: vscode.SymbolKind.Property,
  comment: vscode.SymbolKind.String,
  "unit-test": vscode.SymbolKind.Event,
  column: vscode.SymbolKind.Field,
  other: vscode.SymbolKind.Null,
};

const COMPLETIONS: Record<CompletionKind, vscode.CompletionItemKind> = {
  object: vscode.CompletionItemKind.Struct,
  cluster: vscode.CompletionItemKind.Module,
  variable: vscode.CompletionItemKind.Variable,
};
