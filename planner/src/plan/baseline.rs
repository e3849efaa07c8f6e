//! What a plan starts from: a project compared with a snapshot, and the digest that stands for the snapshot.
//!
//! It takes a look at all that is deployed, so a workspace keeps it and brings it up to date after an edit.

use smol_str::SmolStr;

use super::{digests, other_form};
use crate::changeset::Comparison;
use crate::graph::Node;
use crate::input::Deployed;
use crate::project::{Object, Project};

/// A project compared with a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    pub(super) comparison: Comparison,
    /// Of the snapshot; absent if nothing was deployed.
    pub(super) digest: Option<SmolStr>,
}

impl Baseline {
    /// The baseline of a project and a snapshot, of which `recognised` is the [same](other_form::recognised) with
    /// our fingerprints.
    pub(super) fn new(project: &Project, deployed: Option<&Deployed>, recognised: Option<&Deployed>) -> Self {
        Self {
            comparison: Comparison::new(project, recognised),
            digest: deployed.filter(|d| !d.is_empty()).map(digests::deployed),
        }
    }

    /// The baseline of a project and a snapshot if all its fingerprints are ours. Otherwise it depends on texts of the
    /// project, and can't follow an edit.
    pub(crate) fn of_this_form(project: &Project, deployed: Option<&Deployed>) -> Option<Self> {
        deployed.is_none_or(other_form::is_of_this_form).then(|| Self::new(project, deployed, deployed))
    }

    /// Follows an edit of the object at `node` that left its [shape](Object::has_shape_of) as it was.
    pub(crate) fn replace(&mut self, node: Node, object: &Object, deployed: Option<&Deployed>) {
        self.comparison.replace(node, object, deployed);
    }
}
