//! What a workspace keeps of a project as a whole, and how that follows an edit.
//!
//! [`link`](crate::link) and [`plan::stage`] say what is true: they look at every object. Most edits change what one
//! object says and nothing that the rest of the project sees of it, its [shape](Object::has_shape_of). Then the
//! project, its graph and its comparison with a snapshot stay what they are but for that object, which takes its
//! place. Any other edit drops all of this, and it is made again.

use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::graph::Node;
use crate::input::{Deployed, Live, StageOptions};
use crate::plan::{self, Baseline, Plan};
use crate::project::{CompiledFile, Contents, Object};
use crate::workspace::Compiled;

/// A project as it was linked, with the edits since then.
#[derive(Debug)]
pub(crate) struct Linked {
    compiled: Compiled,
    /// The snapshot of the last plan, and the comparison with it.
    compared: Option<Compared>,
}

#[derive(Debug)]
struct Compared {
    deployed: Option<Arc<Deployed>>,
    baseline: Baseline,
}

impl Linked {
    pub(crate) fn new(compiled: Compiled) -> Self {
        Self { compiled, compared: None }
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Puts another version of a file in the place of the one that was linked; `None` if the project as a whole has to
    /// be looked at again.
    pub(crate) fn replace(&mut self, before: &CompiledFile, after: &CompiledFile) -> Option<()> {
        let (old, new) = (object(before)?, object(after)?);
        let position = self.compiled.project.position(&old.name)?;
        // A variant of another profile may have the place.
        let is_linked = self.compiled.project.objects.get(position).is_some_and(|o| Arc::ptr_eq(o, old));
        if !is_linked || !new.has_shape_of(old) {
            return None;
        }
        self.replace_diagnostics(before, after)?;
        let node = Node::try_from(position).ok()?;
        if let Some(Compared { deployed, baseline }) = &mut self.compared {
            baseline.replace(node, new, deployed.as_deref());
        }
        *Arc::make_mut(&mut self.compiled.project).objects.get_mut(position)? = Arc::clone(new);
        Some(())
    }

    /// `None` if the file's own problems can't be told from others by their place: if a rule for the project as a whole
    /// has something to say about the file, that place may be another one now.
    fn replace_diagnostics(&mut self, before: &CompiledFile, after: &CompiledFile) -> Option<()> {
        let all = &mut self.compiled.diagnostics;
        let mut in_file = all.iter().filter(|d| mentions(d, before));
        let are_own = in_file.all(|d| diagnostics(before).any(|own| own == d));
        if !are_own || !diagnostics(before).all(|d| mentions(d, before)) {
            return None;
        }
        all.retain(|d| !mentions(d, before));
        all.extend(diagnostics(after).cloned());
        diagnostic::sort(all);
        Some(())
    }

    /// Plans as [`Compiled::plan_stage`] does, and keeps the comparison with the snapshot for the next plan.
    pub(crate) fn plan_stage(
        &mut self,
        deployed: Option<&Arc<Deployed>>,
        live: Option<&Live>,
        options: &StageOptions,
    ) -> Result<Plan, Vec<Diagnostic>> {
        let compiled = &self.compiled;
        // A snapshot that is shared can't be changed, so the same pointer is the same snapshot.
        let is_same = |c: &Compared| match (&c.deployed, deployed) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !compiled.is_sound() {
            return Err(compiled.diagnostics.clone());
        }
        if !self.compared.as_ref().is_some_and(is_same) {
            let baseline = Baseline::of_this_form(&compiled.project, deployed.map(AsRef::as_ref));
            self.compared = baseline.map(|baseline| Compared { deployed: deployed.cloned(), baseline });
        }
        let deployed = deployed.map(AsRef::as_ref);
        match &self.compared {
            Some(Compared { baseline, .. }) => {
                plan::stage_from(baseline, &compiled.project, &compiled.graph, deployed, live, options)
            }
            None => compiled.plan_stage(deployed, live, options),
        }
    }
}

/// The object that a file defines.
fn object(file: &CompiledFile) -> Option<&Arc<Object>> {
    match &file.contents {
        Contents::Object(file) => file.object.as_ref(),
        _ => None,
    }
}

/// The problems that an active file has on its own.
fn diagnostics(file: &CompiledFile) -> impl Iterator<Item = &Diagnostic> {
    file.diagnostics.iter().chain(&file.diagnostics_if_active)
}

/// True if a problem has a place in a file.
fn mentions(problem: &Diagnostic, file: &CompiledFile) -> bool {
    let labels = std::iter::once(&problem.primary).chain(&problem.secondary).map(|label| &label.location);
    labels.chain(problem.fix.iter().map(|fix| &fix.location)).any(|location| location.path == file.path)
}
