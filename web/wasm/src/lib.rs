//! The planner for browsers and editors. Bindings only: every shape that crosses is one of `planner::view`, published as
//! a JSON schema in `schemas/`, and crosses as JSON, which a browser parses faster than anything that is built value by value.

use mz_deploy_planner::input::{Config, StageOptions};
use mz_deploy_planner::view;
use serde::Serialize;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

/// A project that stays in memory and is edited.
#[wasm_bindgen]
#[derive(Default)]
pub struct Workspace(mz_deploy_planner::Workspace);

#[wasm_bindgen]
impl Workspace {
    /// An empty project.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. The path is relative to the project's root.
    #[wasm_bindgen(js_name = setFile)]
    pub fn set_file(&mut self, path: &str, text: &str) {
        self.0.set_file(path, text);
    }

    /// Removes a file.
    #[wasm_bindgen(js_name = removeFile)]
    pub fn remove_file(&mut self, path: &str) {
        self.0.remove_file(path);
    }

    /// Selects a profile, or none.
    #[wasm_bindgen(js_name = setProfile)]
    pub fn set_profile(&mut self, profile: Option<String>) {
        self.0.set_config(Config { profile: profile.map(Into::into) });
    }

    /// Checks the project: `schemas/project.schema.json`.
    pub fn check(&mut self) -> Result<JsValue, JsError> {
        let compiled = self.0.check();
        let text_of = |path: &str| self.0.file(path).map(AsRef::as_ref);
        value(&view::project(&compiled.project, &compiled.diagnostics, text_of))
    }

    /// The dependencies: `schemas/graph.schema.json`.
    pub fn graph(&mut self) -> Result<JsValue, JsError> {
        value(&view::graph(&self.0.check().project))
    }

    /// Plans a deployment: `schemas/preview.schema.json`. `options` is `schemas/stage-options.schema.json`;
    /// `deployed` and `live` are the texts of snapshot files.
    #[expect(clippy::needless_pass_by_value, reason = "optional texts cross as owned values")]
    pub fn plan(
        &mut self,
        options: JsValue,
        deployed: Option<String>,
        live: Option<String>,
    ) -> Result<JsValue, JsError> {
        let options: StageOptions = serde_wasm_bindgen::from_value(options)?;
        let compiled = self.0.check();
        let text_of = |path: &str| self.0.file(path).map(AsRef::as_ref);
        value(&view::preview(&compiled, &options, deployed.as_deref(), live.as_deref(), text_of))
    }
}

fn value(view: &impl Serialize) -> Result<JsValue, JsError> {
    let text = serde_json::to_string(view)?;
    js_sys::JSON::parse(&text).map_err(|_| JsError::new("the planner's JSON was not understood"))
}
