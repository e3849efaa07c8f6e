// The plan's vocabulary, in one screen.
import { ACTIONS } from "../state/words";
import { Shape } from "./mark";

const TERMS: { title: string; terms: [string, string][] }[] = [
  {
    title: "The way of a change",
    terms: [
      ["Stage", "Builds the new version beside the old one, under other names. Production goes on unchanged."],
      ["Hydrate", "What was staged reads its inputs until it has caught up. Nothing is promoted before."],
      ["Promote", "Exchanges old and new in one transaction: readers see one or the other, never a mixture."],
      ["Roll back", "As long as the old version is kept, the exchange is made once more, the other way."],
    ],
  },
  {
    title: "How an object gets there",
    terms: [
      ["Swap", "Its whole schema and cluster are built beside the old ones and exchanged by name."],
      ["Rename", "Only what changed and what reads it is built, under a staged name."],
      ["Replacement", "A materialized view of a stable schema is redefined in place. Its readers aren't touched."],
      ["In place", "Grants, comments and indexes are altered where they are."],
    ],
  },
  {
    title: "A step",
    terms: [
      ["Requires", "What must hold. It is checked again when the step runs, which otherwise isn't done."],
      ["Undone by", "The statement that takes it back. Where there is none, the plan says so before it runs."],
      ["Because of", "The line in a file that made the step necessary. Every step has one."],
      ["Transaction", "Steps that are done together or not at all."],
    ],
  },
  {
    title: "What it is compared with",
    terms: [
      ["First deployment", "Everything is created."],
      ["Snapshot", "What was deployed last: deployed.json of “mz-deploy snapshot”, or of “compile --snapshot”."],
      ["Another version", "A second folder or archive: the plan is what leads from it to this one."],
      ["Live catalog", "live.json of “mz-deploy snapshot”: names, owners and who else would notice are checked."],
    ],
  },
];

export function Guide() {
  return (
    <div class="guide">
      <p class="guide-lead">
        A plan says what a deployment would do before it does anything: what happens to each object and why, every
        statement, and how it is undone. It is the plan of the command line.
      </p>
      <section class="legend" aria-label="Signs">
        {(["create", "update", "rebuild", "delete", "keep"] as const).map((action) => (
          <div key={action}>
            <Shape tone={ACTIONS[action].tone} />
            <b>{ACTIONS[action].noun}</b>
            <span>{MEANINGS[action]}</span>
          </div>
        ))}
        <div>
          <Shape tone="untouched" />
          <b>untouched</b>
          <span>stays, with its id and its data</span>
        </div>
      </section>
      <div class="guide-columns">
        {TERMS.map(({ title, terms }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {terms.map(([term, meaning]) => (
                <div key={term}>
                  <dt>{term}</dt> <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <section>
        <h3>Keys</h3>
        <dl class="keys">
          {KEYS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>{" "}
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

const MEANINGS = {
  create: "its file is new",
  update: "its own definition changed",
  rebuild: "because of what it reads or shares",
  delete: "its file is gone, and so will it be",
  keep: "its file is gone; it stays until asked",
} as const;

const KEYS: [string, string][] = [
  ["Alt 1 … 6", "the views, the plan first"],
  ["Alt E", "the editor; Ctrl ] indents, Tab leaves"],
  ["Alt F", "the files"],
  ["↑ ↓ Home End", "in a list: another row"],
  ["← → ↑ ↓", "in the graph: inputs, readers, neighbours"],
  ["+ − 0", "in the graph: nearer, farther, all of it"],
];
