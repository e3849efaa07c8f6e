import { render } from "preact";
import { openFragment, start } from "./state/actions";
import { phase } from "./state/state";
import { followTheme } from "./state/theme";
import "./style/fonts.css";
import "./style/base.css";
import "./style/page.css";
import "./style/bar.css";
import "./style/menu.css";
import "./style/start.css";
import "./style/halves.css";
import "./style/messages.css";
import "./style/lists.css";
import "./style/code.css";
import "./style/plan.css";
import "./style/steps.css";
import "./style/problems.css";
import "./style/guide.css";
import "./style/narrow.css";
import "./style/graph.css";
import { App } from "./view/app";

followTheme();
const root = document.getElementById("root");
if (root) {
  render(<App />, root);
}
addEventListener("hashchange", () => {
  if (phase.value !== "loading") {
    void openFragment();
  }
});
void start();
