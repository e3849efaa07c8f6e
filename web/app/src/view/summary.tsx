// What a plan is made from, what it costs, and what a reader must know before it runs.

import type { ScopeRow } from "@mz-deploy/planner";
import { overview } from "../state/state";
import { count, scopesChanged } from "../state/words";
import type { Overview } from "../worker/protocol";
import { PlaceLink, Words } from "./parts";

type Plan = NonNullable<Overview["plan"]>;

/** Databases and schemas that are listed. */
export const MOST_SCOPES = 200;

/** What happens to a database or a schema itself, as an item of a list. */
export function ScopeWords({ scope }: { scope: ScopeRow }) {
  return (
    <li>
      {scope.kind} <b>{scope.name}</b> {scope.what} <span class="faint">({scope.why})</span>
    </li>
  );
}

export function Summary({ plan }: { plan: Plan }) {
  const steps = plan.phases.reduce((sum, phase) => sum + phase.steps, 0);
  return (
    <header class="summary">
      <dl class="figures">
        <Figure name="objects built" value={plan.cost.objects} />
        <Figure name="statements" value={plan.cost.statements} />
        <Figure name={plan.cost.clusters === 1 ? "cluster copied" : "clusters copied"} value={plan.cost.clusters} />
        <Figure name="stay as they are" value={plan.unchanged} />
      </dl>
      <p class="basis">
        {count(steps, "step")} by <b>{plan.taken}</b> · {plan.basis}
        <span class="digest" title={`The plan's digest: ${plan.id}`}>
          {plan.short_id}
        </span>
      </p>
      {overview.value?.obstacle !== undefined && (
        <div class="note" role="note">
          <b>Everything is taken for new</b>
          <p>
            <Words>{overview.value.obstacle}</Words>
          </p>
        </div>
      )}
      {plan.notes && plan.notes.length > 0 && (
        <div class="note" role="note">
          <b>To be known before</b>
          <ul>
            {plan.notes.map((note) => (
              <li key={note}>
                <Words>{note}</Words>
              </li>
            ))}
          </ul>
        </div>
      )}
      <More plan={plan} />
    </header>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div class="figure">
      <dd>{value.toLocaleString("en")}</dd>
      <dt>{name}</dt>
    </div>
  );
}

/** What most readers needn't see. */
function More({ plan }: { plan: Plan }) {
  const { needs = [], scopes = [], not_taken = [], withdrawn = [], drift = [] } = plan;
  const parts = [
    needs.length > 0 && `needs ${count(needs.length, "thing")} that it doesn't make`,
    scopesChanged(plan),
    not_taken.length > 0 && `${not_taken.length} ${not_taken.length === 1 ? "strategy" : "strategies"} not taken`,
    withdrawn.length > 0 && `${count(withdrawn.length, "statement")} withdrawn`,
    drift.length > 0 && `${count(drift.length, "difference")} left as found`,
  ].filter(Boolean);
  if (parts.length === 0) {
    return null;
  }
  return (
    <details class="more">
      <summary>{parts.join(" · ")}</summary>
      <div class="more-body">
        {needs.length > 0 && (
          <section>
            <h3>Needed, and not made by this plan</h3>
            <ul>
              {needs.slice(0, 200).map((need) => (
                <li key={`${need.kind} ${need.name}`}>
                  {need.kind} <PlaceLink path={need.path}>{need.name}</PlaceLink>
                </li>
              ))}
            </ul>
          </section>
        )}
        {scopes.length > 0 && (
          <section>
            <h3>Databases and schemas</h3>
            <ul>
              {scopes.slice(0, MOST_SCOPES).map((scope) => (
                <ScopeWords key={scope.name} scope={scope} />
              ))}
            </ul>
          </section>
        )}
        <Sentences title="Strategies not taken" sentences={not_taken} />
        <Sentences title="Not carried over by promotion" sentences={withdrawn} />
        <Sentences title="There, but not as the project says" sentences={drift} />
      </div>
    </details>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: string[] }) {
  if (sentences.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {sentences.slice(0, 200).map((sentence) => (
          <li key={sentence}>
            <Words>{sentence}</Words>
          </li>
        ))}
      </ul>
    </section>
  );
}
