//! What an edit of a deployed project makes necessary, and why.
//!
//! | situation | test |
//! |---|---|
//! | one of three objects of a schema is edited | `closure::a_schema_is_swapped_as_a_whole` |
//! | a view is edited whose sibling has its statement on one cluster and an index on another | `closure::the_clusters_of_everything_that_is_built_are_swapped` (1) |
//! | a view is edited that runs on the cluster of another schema's index | `closure::an_index_of_something_unchanged_moves_with_its_cluster` (1) |
//! | two schemas have nothing in common but the cluster of their indexes | `closure::views_that_share_a_cluster_only_by_their_indexes_stay` |
//! | a view is edited that is read through a chain across schemas | `closure::dependants_in_other_schemas_are_built` |
//! | a view is edited alone in its schema, on a cluster with others' indexes | `closure::a_view_of_its_own_schema_moves_nothing_but_the_indexes_on_its_cluster` (1) |
//! | a materialized view is edited whose cluster runs one of another schema, unrelated | `closure::nothing_is_left_behind_on_a_cluster_that_is_reached_by_a_dependency` (1) |
//! | a view is added | `closure::a_new_view_swaps_its_schema` |
//! | the value of a variable is edited | `closure::the_value_of_a_variable_changes_the_objects_that_use_it` |
//! | a schema is asked for | `closure::a_requested_schema_is_built_with_what_reads_it` |
//! | one view of a stable schema is edited | `stable::only_the_changed_view_of_a_stable_schema_is_replaced` (2) |
//! | a normal view is edited on the cluster of a stable schema | `stable::views_of_a_stable_schema_are_replaced_when_their_cluster_is_swapped` |
//! | a normal view is edited beside a stable schema | `stable::a_view_of_a_normal_schema_takes_its_siblings_but_no_stable_neighbour` |
//! | what a stable view reads is edited | `stable::a_stable_view_is_replaced_when_its_input_moves` |
//! | what normal views read of a stable schema is edited | `stable::readers_of_a_replaced_view_stay` |
//! | a schema becomes stable and one of its views is edited | `stable::becoming_stable_with_an_edit_swaps_once_more_and_builds_the_readers` (3) |
//! | a view is added to a stable schema | `stable::a_stable_schema_gets_a_new_view_beside_its_others` |
//! | a file is removed | `removal::a_removed_object_is_kept_until_its_deletion_is_asked_for` (4) |
//! | a comment or a grant is edited | `in_place::grants_and_comments_are_altered_in_place` (5) |
//! | an index is added | `in_place::an_index_is_built_beside_production_and_takes_its_name_in_the_swap_transaction` (5) |
//! | a sink is edited | `sinks::a_changed_sink_is_dropped_and_created_again` (6) |
//! | what a sink reads is edited | `sinks::a_sink_follows_what_it_reads_before_the_old_version_is_dropped` |
//!
//! Where one could expect something else:
//!
//! 1. A cluster that is swapped takes everything with it that runs on it, however it was reached: an object that stayed
//!    on the old side would be dropped with it. Indexes of unchanged objects are built again; the objects aren't.
//! 2. A replacement is built on the cluster that runs, for that view alone. Siblings in the schema keep their results.
//! 3. A schema is replaced in place from the deployment after the one that made it stable. Until then its shape may
//!    differ from what readers were built on.
//! 4. Nothing is dropped because a file is gone. The plan says that the object stays, and how to drop it.
//! 5. Indexes, grants and comments aren't part of a definition. A change of theirs builds no object and no reader.
//! 6. The server can't alter a sink's definition, and an edit must not be lost.

mod closure;
mod guards;
mod in_place;
mod needs;
mod other_forms;
mod preflight;
mod properties;
mod removal;
mod rename;
mod scenario;
mod sinks;
mod stable;
