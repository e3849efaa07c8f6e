//! Files of clusters, roles and network policies.

use std::sync::Arc;

use smol_str::format_smolstr;

use super::report::{Report, Statements};
use super::statement_kind::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::fingerprint;
use crate::name::{Ident, SchemaName};
use crate::project::context::FileContext;
use crate::project::model::{Infrastructure, InfrastructureKind};
use crate::project::object::StatementText;
use crate::resolve;
use crate::source::Span;
use crate::syntax::ast::{
    Body, Comment, GrantPrivileges, GrantRole, GrantTarget, Name, SpannedIdent, Statement, TargetKind,
};

/// What differs between the three kinds.
struct Rules {
    noun: &'static str,
    target: TargetKind,
    /// The statements besides `CREATE` that may stand in the file.
    others: &'static str,
    invalid: Code,
    missing: Code,
    multiple: Code,
    name: Code,
    grant: Code,
    comment: Code,
}

const fn rules(kind: InfrastructureKind) -> Rules {
    match kind {
        InfrastructureKind::Cluster => Rules {
            noun: "cluster",
            target: TargetKind::Cluster,
            others: "`GRANT … ON CLUSTER` and `COMMENT ON CLUSTER`",
            invalid: Code::InvalidClusterStatement,
            missing: Code::ClusterMissingCreateStatement,
            multiple: Code::ClusterMultipleCreateStatements,
            name: Code::ClusterNameMismatch,
            grant: Code::ClusterGrantTargetMismatch,
            comment: Code::ClusterCommentTargetMismatch,
        },
        InfrastructureKind::Role => Rules {
            noun: "role",
            target: TargetKind::Role,
            others: "`ALTER ROLE`, `GRANT <role> TO …` and `COMMENT ON ROLE`",
            invalid: Code::InvalidRoleStatement,
            missing: Code::RoleMissingCreateStatement,
            multiple: Code::RoleMultipleCreateStatements,
            name: Code::RoleNameMismatch,
            grant: Code::RoleGrantTargetMismatch,
            comment: Code::RoleCommentTargetMismatch,
        },
        InfrastructureKind::NetworkPolicy => Rules {
            noun: "network policy",
            target: TargetKind::NetworkPolicy,
            others: "`GRANT … ON NETWORK POLICY` and `COMMENT ON NETWORK POLICY`",
            invalid: Code::InvalidNetworkPolicyStatement,
            missing: Code::NetworkPolicyMissingCreateStatement,
            multiple: Code::NetworkPolicyMultipleCreateStatements,
            name: Code::NetworkPolicyNameMismatch,
            grant: Code::NetworkPolicyGrantTargetMismatch,
            comment: Code::NetworkPolicyCommentTargetMismatch,
        },
    }
}

/// The name in the `CREATE` statement of a kind.
fn created(body: &Body, kind: InfrastructureKind) -> Option<&SpannedIdent> {
    match (body, kind) {
        (Body::Cluster(create), InfrastructureKind::Cluster) => Some(&create.name),
        (Body::Role(create), InfrastructureKind::Role) => Some(&create.name),
        (Body::NetworkPolicy(create), InfrastructureKind::NetworkPolicy) => Some(&create.name),
        _ => None,
    }
}

/// Validates the file of a cluster, role or network policy called `file`. The definition, if nothing is wrong with it.
pub(in crate::project) fn compile(
    report: &mut Report<'_>,
    statements: &Statements,
    kind: InfrastructureKind,
    file: &str,
    context: &FileContext,
) -> Option<Infrastructure> {
    let rules = rules(kind);
    let (create, companions) = classify(report, statements, kind, file, &rules);
    // Names and files are compared without regard to letter case.
    let named_after_file =
        create.filter(|(_, name)| name.value.as_str().to_lowercase() == file.to_lowercase());
    let own = named_after_file.map_or_else(|| Ident::new(file), |(_, name)| name.value.clone());
    if let Some((_, name)) = create.filter(|_| named_after_file.is_none()) {
        let problem = name_mismatch(report, name, &own, &rules);
        report.if_active.push(problem);
    }
    for companion in &companions {
        let problem = check_companion(report, companion, &own, &rules);
        report.if_active.extend(problem);
    }
    let (create, name) = create?;
    let full = match kind {
        InfrastructureKind::Cluster => context.cluster(&name.value),
        _ => &name.value,
    };
    if !full.is_short_enough() {
        let message =
            format_smolstr!("`{full}` is {} bytes long, the server allows 255", full.as_str().len());
        let problem = report
            .error(Code::NameTooLong, name.span, message)
            .help("the profile's suffix is part of the name: shorten one of the two");
        report.if_active.push(problem);
    }
    report.is_sound().then(|| build(report, kind, create, &companions, full, context))
}

/// The `CREATE` statement and the others.
fn classify<'a>(
    report: &mut Report<'_>,
    statements: &'a Statements,
    kind: InfrastructureKind,
    file: &str,
    rules: &Rules,
) -> (Option<(&'a Statement, &'a SpannedIdent)>, Vec<&'a Statement>) {
    let (noun, keyword) = (rules.noun, rules.target.keyword());
    let mut create: Option<(&Statement, &SpannedIdent)> = None;
    let mut companions = Vec::new();
    for statement in &statements.parsed {
        if let Some(name) = created(&statement.body, kind) {
            if let Some((_, first)) = create {
                let problem = report
                    .error(
                        rules.multiple,
                        name.span,
                        format_smolstr!("the file creates more than one {noun}"),
                    )
                    .label(format_smolstr!("another {noun}"))
                    .and(report.at(first.span), "the first one")
                    .help(format_smolstr!("put each {noun} into a file of its own, named after it"));
                report.always.push(problem);
            } else {
                create = Some((statement, name));
            }
        } else if is_companion(&statement.body, kind) {
            companions.push(statement);
        } else {
            let message = format_smolstr!("`{}` can't stand in the file of a {noun}", words(&statement.body));
            let problem = report
                .error(rules.invalid, report.first_words(statement.span, 2), message)
                .help(format_smolstr!("such a file holds `CREATE {keyword}`, {}", rules.others));
            report.always.push(problem);
        }
    }
    if create.is_none() && statements.is_complete {
        let message = format_smolstr!("the file creates no {noun}, expected `{}`", Ident::new(file));
        let problem = report
            .error(rules.missing, Span::default(), message)
            .help(format_smolstr!("add `CREATE {keyword} {} …`", Ident::new(file)));
        report.always.push(problem);
    }
    (create, companions)
}

fn is_companion(body: &Body, kind: InfrastructureKind) -> bool {
    match body {
        Body::Comment(_) => true,
        Body::Grant(_) => kind != InfrastructureKind::Role,
        Body::GrantRole(_) | Body::AlterRole(_) => kind == InfrastructureKind::Role,
        _ => false,
    }
}

fn name_mismatch(report: &Report<'_>, name: &SpannedIdent, expected: &Ident, rules: &Rules) -> Diagnostic {
    let message =
        format_smolstr!("the statement creates `{}`, but the file is named after `{expected}`", name.value);
    let problem = report
        .error(rules.name, name.span, message)
        .label(format_smolstr!("expected `{expected}`"))
        .help("the name in the statement and the name of the file must be the same");
    report.with_fix(problem, name.span, format_smolstr!("{expected}"))
}

fn check_companion(
    report: &Report<'_>,
    statement: &Statement,
    own: &Ident,
    rules: &Rules,
) -> Option<Diagnostic> {
    match &statement.body {
        Body::Grant(grant) => check_grant(report, grant, own, rules),
        Body::Comment(comment) => check_comment(report, comment, own, rules),
        Body::GrantRole(grant) => check_role_grant(report, grant, own, rules),
        Body::AlterRole(alter) if alter.name.value != *own => {
            let code = Code::RoleAlterTargetMismatch;
            Some(other_target(report, code, alter.name.span, own, rules, "statement alters"))
        }
        _ => None,
    }
}

/// An error about a name that should be the file's, with the replacement.
fn other_target(
    report: &Report<'_>,
    code: Code,
    span: Span,
    own: &Ident,
    rules: &Rules,
    what: &str,
) -> Diagnostic {
    let written = report.written(span);
    let message =
        format_smolstr!("the {what} `{written}`, but this is the file of the {} `{own}`", rules.noun);
    let problem = report
        .error(code, span, message)
        .label(format_smolstr!("expected `{own}`"))
        .help(format_smolstr!("move the statement to the file of `{written}`, or name `{own}`"));
    report.with_fix(problem, span, format_smolstr!("{own}"))
}

/// An error about a grant or comment on another kind of thing.
fn other_kind(
    report: &Report<'_>,
    code: Code,
    span: Span,
    found: &str,
    own: &Ident,
    rules: &Rules,
) -> Diagnostic {
    let noun = rules.noun;
    let message =
        format_smolstr!("the statement is on `{found}`, but this is the file of the {noun} `{own}`");
    report.error(code, span, message).help(format_smolstr!(
        "write `ON {} {own}`, or move the statement to the file of what it is about",
        rules.target.keyword()
    ))
}

fn is_own(name: &Name, own: &Ident) -> bool {
    matches!(name.parts.as_slice(), [part] if part.value == *own)
}

fn check_grant(
    report: &Report<'_>,
    grant: &GrantPrivileges,
    own: &Ident,
    rules: &Rules,
) -> Option<Diagnostic> {
    let other = |span: Span, found: &str| Some(other_kind(report, rules.grant, span, found, own, rules));
    match &grant.target {
        GrantTarget::System(span) => other(*span, "SYSTEM"),
        GrantTarget::All(span) => other(*span, report.written(*span)),
        GrantTarget::Named { keyword: Some((kind, span)), .. } if *kind != rules.target => {
            other(*span, kind.keyword())
        }
        GrantTarget::Named { keyword: None, .. } => other(grant.target_span, "TABLE"),
        GrantTarget::Named { names, .. } => names
            .iter()
            .find(|name| !is_own(name, own))
            .map(|name| other_target(report, rules.grant, name.span(), own, rules, "grant is on")),
    }
}

fn check_comment(report: &Report<'_>, comment: &Comment, own: &Ident, rules: &Rules) -> Option<Diagnostic> {
    if comment.kind != rules.target {
        let found = comment.kind.keyword();
        return Some(other_kind(report, rules.comment, comment.keyword, found, own, rules));
    }
    (!is_own(&comment.target, own))
        .then(|| other_target(report, rules.comment, comment.target.span(), own, rules, "comment is on"))
}

/// The file's role must be among the roles that are granted.
fn check_role_grant(
    report: &Report<'_>,
    grant: &GrantRole,
    own: &Ident,
    rules: &Rules,
) -> Option<Diagnostic> {
    if grant.granted.iter().any(|role| role.value == *own) {
        return None;
    }
    let span = grant.granted.iter().map(|role| role.span).reduce(Span::to).unwrap_or_default();
    Some(other_target(report, rules.grant, span, own, rules, "statement grants"))
}

fn build(
    report: &Report<'_>,
    kind: InfrastructureKind,
    create: &Statement,
    companions: &[&Statement],
    name: &Ident,
    context: &FileContext,
) -> Infrastructure {
    // These statements mention nothing that lives in a schema.
    let scope = context.names_in(SchemaName::system("public".into()));
    let text = |statement: &Statement| {
        let occurrences = resolve::resolve(statement, None, &scope);
        let fingerprint = fingerprint::of(report.text.as_str(), statement.span, &occurrences);
        StatementText { span: statement.span, occurrences, fingerprint }
    };
    Infrastructure {
        kind,
        name: name.clone(),
        path: report.path.into(),
        text: Arc::clone(&report.text),
        create: text(create),
        options: match &create.body {
            Body::Cluster(cluster) => cluster.options.clone(),
            _ => Vec::new(),
        },
        companions: companions.iter().map(|statement| text(statement)).collect(),
    }
}
