// The project's problems. Each leads to its place.
import type { DiagnosticView, LabelView } from "@mz-deploy/planner";
import { goTo } from "../state/actions";
import { overview, type Place, paths } from "../state/state";
import { count } from "../state/words";
import { Empty, Words } from "./parts";

function placeOf({ path, start, end }: LabelView): Place | undefined {
  if (path === undefined || path === "") {
    return undefined;
  }
  return {
    path,
    ...(start && { line: start.line, column: start.utf16_column }),
    ...(end && { endLine: end.line, endColumn: end.utf16_column }),
  };
}

export function Problems() {
  const { problems = [], errors = 0, warnings = 0 } = overview.value ?? {};
  if (problems.length === 0) {
    return (
      <Empty title="No problems">
        <p>The project is sound: every name was found, and every file is as it should be.</p>
      </Empty>
    );
  }
  const byFile = Map.groupBy(problems, (problem) => problem.primary.path ?? "");
  const known = new Set(paths.value);
  return (
    <div class="problems">
      <p class="problem-count">
        {[errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean).join(", ")}
        {problems.length < errors + warnings && `; the first ${problems.length} are shown`}
      </p>
      {[...byFile].map(([path, own]) => (
        <section key={path}>
          <h3 class="path">{path === "" ? "The options" : path}</h3>
          <ul>
            {own.map((problem, at) => (
              <li key={at}>
                <Problem problem={problem} isFile={known.has(path)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Problem({ problem, isFile }: { problem: DiagnosticView; isFile: boolean }) {
  const { primary, secondary = [], severity, message, help = [], code } = problem;
  const place = isFile ? placeOf(primary) : undefined;
  const content = (
    <>
      <span class="severity" data-severity={severity}>
        {severity}
      </span>
      <span class="problem-words">
        <span class="problem-message">
          <Words>{message}</Words>
        </span>
        {help.map((each) => (
          <span class="problem-help" key={each}>
            <Words>{each}</Words>
          </span>
        ))}
        <span class="problem-place">
          {primary.start && `line ${primary.start.line}, column ${primary.start.column} · `}
          {code}
        </span>
      </span>
    </>
  );
  return (
    <>
      {place ? (
        <button type="button" class="problem" onClick={() => goTo(place)}>
          {content}
        </button>
      ) : (
        <div class="problem">{content}</div>
      )}
      {secondary.map((label) => {
        const other = placeOf(label);
        return (
          other && (
            <button
              type="button"
              class="problem-also link"
              key={`${label.path}${label.message}`}
              onClick={() => goTo(other)}
            >
              {label.path}
              {label.start && `:${label.start.line}`} {label.message}
            </button>
          )
        );
      })}
    </>
  );
}
