import { render } from "preact";
import { openFragment, start } from "./state/actions";
import { phase } from "./state/state";
import { followTheme } from "./state/theme";
import "./style/fonts.css";
import "./style/base.css";
import "./style/page.css";
import "./style/views.css";
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
