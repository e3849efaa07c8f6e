// The planner's problems as marks in a text.
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import type { DiagnosticView, Point } from "@mz-deploy/planner";

/** The character at a place; the nearest one if the text is shorter by now. */
export function offset(text: Text, { line, column }: { line: number; column: number }): number {
  const at = text.line(Math.min(Math.max(line, 1), text.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}

function offsetOf(text: Text, point: Point): number {
  return offset(text, { line: point.line, column: point.utf16_column });
}

/** The problems of a file. One without a place is shown at the first line. */
export function marks(text: Text, path: string, problems: DiagnosticView[]): Diagnostic[] {
  return problems.flatMap((problem): Diagnostic[] => {
    const { primary, severity, message, help } = problem;
    if (primary.path !== path) {
      return [];
    }
    const from = primary.start ? offsetOf(text, primary.start) : 0;
    const to = primary.end ? Math.max(offsetOf(text, primary.end), from) : text.line(1).to;
    const { fix } = problem;
    const isHere = fix?.at.path === path && fix.at.start && fix.at.end;
    const words = [message, ...(help ?? [])].join("\n");
    return [
      {
        from,
        to,
        severity,
        source: problem.code,
        message: words,
        ...(isHere && {
          actions: [
            {
              name: fix.replacement === "" ? "Remove it" : `Replace by ${fix.replacement}`,
              apply: (view) => {
                const { start, end } = fix.at;
                if (start && end) {
                  const now = view.state.doc;
                  view.dispatch({
                    changes: { from: offsetOf(now, start), to: offsetOf(now, end), insert: fix.replacement },
                  });
                }
              },
            },
          ],
        }),
      },
    ];
  });
}
