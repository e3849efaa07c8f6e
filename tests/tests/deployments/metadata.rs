//! What somebody granted, commented or gave away by hand survives a swap.

use mz_deploy_planner::input::StrategyChoice;
use mz_deploy_planner::name::Ident;

use crate::promote::{project, staged};
use crate::story::{Story, problems, snapshot};

#[test]
fn what_production_was_given_by_hand_is_repeated_on_the_staged_side() {
    let mut story = staged(StrategyChoice::Swap);
    for sql in [
        "GRANT USAGE ON SCHEMA app.u TO PUBLIC",
        "GRANT SELECT ON TABLE app.u.v TO reader",
        "GRANT USAGE ON CLUSTER c TO reader",
        "COMMENT ON CLUSTER c IS 'of the team'",
        "COMMENT ON SCHEMA app.s IS 'core'",
        "ALTER DEFAULT PRIVILEGES FOR ROLE deployer IN SCHEMA app.u GRANT SELECT ON TABLES TO reader",
    ] {
        story.environment.run(sql);
    }
    story.comment("app.u.v", "for the report");
    snapshot("grants_by_hand", &story.promote());
    story.finish(Story::promote);
    let live = &story.environment.live;
    let view = live.objects.iter().find(|o| o.name.to_string() == "app.u.v").expect("it is there");
    assert_eq!(view.grants.len(), 1);
    assert_eq!(view.comments.len(), 1);
    assert_eq!(live.default_privileges.len(), 1);
    let schema = live.schemas.iter().find(|s| s.name.to_string() == "app.u").expect("it is there");
    assert_eq!(schema.grants.len(), 1);
}

#[test]
fn what_the_project_takes_back_is_not_repeated() {
    let with =
        "CREATE VIEW v AS SELECT a FROM app.s.n; GRANT SELECT ON v TO reader; COMMENT ON VIEW v IS 'old';";
    let without = "CREATE VIEW v AS SELECT a, 1 AS b FROM app.s.n;";
    let of_schema =
        "ALTER DEFAULT PRIVILEGES FOR ROLE deployer IN SCHEMA app.u GRANT SELECT ON TABLES TO reader;";
    let mut story = project().edit(&[("u/v", with), ("u", of_schema)]);
    story.stage("with", StrategyChoice::Swap);
    story.finish(Story::promote);
    story.close();
    assert_eq!(story.environment.live.default_privileges.len(), 1);
    let mut story = story.edit(&[("u/v", without), ("u", "")]);
    story.stage("x", StrategyChoice::Swap);
    story.finish(Story::promote);
    let live = &story.environment.live;
    let view = live.objects.iter().find(|o| o.name.to_string() == "app.u.v").expect("it is there");
    assert_eq!((view.grants.len(), view.comments.len()), (0, 0));
    assert_eq!(live.default_privileges.len(), 0, "{:?}", live.default_privileges);
}

#[test]
fn an_owner_is_kept_if_the_session_may_give_to_it_and_is_in_the_way_otherwise() {
    let mut story = staged(StrategyChoice::Swap);
    let object = story.environment.live.objects.iter_mut().find(|o| o.name.to_string() == "app.u.v");
    object.expect("it is there").owner = Ident::new("reader");
    let refused = problems(&story.promote());
    assert!(refused.contains("OwnerDiffers: `app.u.v` belongs to `reader`"), "{refused}");
    assert!(refused.contains("dropping the old version takes the owner of the view `app.u.v`"), "{refused}");
    let roles = &mut story.environment.live.roles;
    let role = roles.iter_mut().find(|role| role.name.as_str() == "deployer").expect("the session's role");
    role.member_of.push("reader".into());
    story.finish(Story::promote);
    let live = &story.environment.live;
    let view = live.objects.iter().find(|o| o.name.to_string() == "app.u.v").expect("it is there");
    assert_eq!(view.owner.as_str(), "reader");
}

/// The server loses every comment when a replacement is taken over.
#[test]
fn a_comment_by_hand_outlives_a_replacement() {
    let mut story = crate::promote::mixture();
    story.environment.run("COMMENT ON MATERIALIZED VIEW app.api.m IS 'of all'");
    let live = &mut story.environment.live;
    let view = live.objects.iter_mut().find(|o| o.name.to_string() == "app.api.m").expect("it is there");
    view.comments
        .push(mz_deploy_planner::input::LiveComment { column: Some("a".into()), text: "by hand".into() });
    let text = crate::story::shown(&story.promote());
    assert_eq!(text.matches("COMMENT ON MATERIALIZED VIEW app.api.m IS 'of all';").count(), 1, "{text}");
    assert!(text.contains("COMMENT ON COLUMN app.api.m.a IS 'by hand';"), "{text}");
}
