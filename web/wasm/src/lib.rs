//! The planner for browsers and editors. Bindings only: every shape that crosses is one of `planner::view`, published as
//! a JSON schema in `schemas/`, and crosses as JSON, which a browser parses faster than anything that is built value by value.

use std::collections::BTreeMap;

use mz_deploy_planner::view::{self, At};
use mz_deploy_planner::{Preview, project};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

/// True for the path of a file that belongs to a project, and for a directory (its path ends in `/`) that may hold some.
#[wasm_bindgen]
pub fn belongs(path: &str) -> bool {
    project::belongs(path)
}

/// A project that stays in memory and is edited, what it is compared with, and the last plan.
#[wasm_bindgen]
#[derive(Default)]
pub struct Workspace(Preview);

#[wasm_bindgen]
impl Workspace {
    /// An empty project, compared with nothing.
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
    #[expect(clippy::needless_pass_by_value, reason = "optional texts cross as owned values")]
    #[wasm_bindgen(js_name = setProfile)]
    pub fn set_profile(&mut self, profile: Option<String>) {
        self.0.set_profile(profile.as_deref());
    }

    /// Gives variables a value in the place of the one that the profile has. An object of strings.
    #[wasm_bindgen(js_name = setVariables)]
    pub fn set_variables(&mut self, variables: JsValue) -> Result<(), JsError> {
        self.0.set_variables(read::<BTreeMap<SmolStr, SmolStr>>(variables)?);
        Ok(())
    }

    /// The text of the snapshot of the last deployment; none for a first deployment.
    #[expect(clippy::needless_pass_by_value, reason = "optional texts cross as owned values")]
    #[wasm_bindgen(js_name = setDeployed)]
    pub fn set_deployed(&mut self, text: Option<String>) {
        self.0.set_deployed(text.as_deref());
    }

    /// The text of the facts of the live catalog, if it is to be looked at.
    #[expect(clippy::needless_pass_by_value, reason = "optional texts cross as owned values")]
    #[wasm_bindgen(js_name = setLive)]
    pub fn set_live(&mut self, text: Option<String>) {
        self.0.set_live(text.as_deref());
    }

    /// The profiles that the project knows: a list of `schemas/profile.schema.json`.
    pub fn profiles(&self) -> Result<JsValue, JsError> {
        write(&self.0.profiles())
    }

    /// Checks the project: `schemas/project.schema.json`.
    pub fn check(&mut self) -> Result<JsValue, JsError> {
        write(&self.0.check())
    }

    /// The dependencies: `schemas/graph.schema.json`.
    pub fn graph(&mut self) -> Result<JsValue, JsError> {
        write(&self.0.graph())
    }

    /// Where the name at a place is defined: a list of places. Lines and columns count from 1, columns in UTF-16 units.
    pub fn definition(&mut self, path: &str, line: u32, utf16_column: u32) -> Result<JsValue, JsError> {
        write(&view::definition(&self.0.codebase(), At { path, line, utf16_column }))
    }

    /// Where the name at a place stands: a list of places, with the definition among them or without it.
    pub fn references(
        &mut self,
        path: &str,
        line: u32,
        utf16_column: u32,
        with_definition: bool,
    ) -> Result<JsValue, JsError> {
        write(&view::references(&self.0.codebase(), At { path, line, utf16_column }, with_definition))
    }

    /// What is known of the name at a place: `schemas/hover.schema.json`.
    pub fn hover(&mut self, path: &str, line: u32, utf16_column: u32) -> Result<JsValue, JsError> {
        write(&view::hover(&self.0.codebase(), At { path, line, utf16_column }))
    }

    /// What a file holds: a list of `schemas/symbol.schema.json`.
    pub fn symbols(&mut self, path: &str) -> Result<JsValue, JsError> {
        write(&view::symbols(&self.0.codebase(), path))
    }

    /// The names of the project that have `query` in them: a list of `schemas/symbol.schema.json`.
    #[wasm_bindgen(js_name = findSymbols)]
    pub fn find_symbols(&mut self, query: &str) -> Result<JsValue, JsError> {
        write(&view::find_symbols(&self.0.codebase(), query))
    }

    /// The names that could follow at a place: `schemas/completions.schema.json`.
    pub fn completions(&mut self, path: &str, line: u32, utf16_column: u32) -> Result<JsValue, JsError> {
        write(&view::completions(&self.0.codebase(), At { path, line, utf16_column }))
    }

    /// What another name for the one at a place would change: `schemas/rename.schema.json`.
    #[expect(clippy::needless_pass_by_value, reason = "optional texts cross as owned values")]
    pub fn rename(
        &mut self,
        path: &str,
        line: u32,
        utf16_column: u32,
        to: Option<String>,
    ) -> Result<JsValue, JsError> {
        write(&view::rename(&self.0.codebase(), At { path, line, utf16_column }, to.as_deref()))
    }

    /// What another path for a file would change: `schemas/rename.schema.json`.
    #[wasm_bindgen(js_name = renameFile)]
    pub fn rename_file(&mut self, from: &str, to: &str) -> Result<JsValue, JsError> {
        write(&view::rename_file(&self.0.codebase(), from, to))
    }

    /// What is deployed once the project is: the text of a snapshot. None if the project has errors.
    #[wasm_bindgen(js_name = deployedAfter)]
    pub fn deployed_after(&mut self) -> Option<String> {
        self.0.deployed_after()
    }

    /// Plans a deployment and keeps the plan: `schemas/preview.schema.json`. `options` is `schemas/stage-options.schema.json`.
    pub fn plan(&mut self, options: JsValue) -> Result<JsValue, JsError> {
        write(&self.0.plan(&read(options)?))
    }

    /// A change of the last plan, by its position in the outline: `schemas/change.schema.json`.
    pub fn change(&self, position: usize) -> Result<JsValue, JsError> {
        write(&self.0.change(position))
    }

    /// Steps of a phase of the last plan, from the one at `from` to the one before `to`: a list of `schemas/step.schema.json`.
    pub fn steps(&self, phase: usize, from: usize, to: usize) -> Result<JsValue, JsError> {
        write(&self.0.steps(phase, from, to))
    }

    /// The last plan as `text`, `json`, `markdown` or `sql`. None if there is no plan.
    pub fn render(&self, rendering: JsValue) -> Result<Option<String>, JsError> {
        Ok(self.0.render(read(rendering)?))
    }
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsError> {
    Ok(serde_wasm_bindgen::from_value(value)?)
}

/// What is absent crosses as `undefined`.
fn write(view: &impl Serialize) -> Result<JsValue, JsError> {
    let text = serde_json::to_string(view)?;
    if text == "null" {
        return Ok(JsValue::UNDEFINED);
    }
    js_sys::JSON::parse(&text).map_err(|_| JsError::new("the planner's JSON was not understood"))
}
