//! What a pasted script would do: its calls as actions, in order.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::reader::{Call, Expr, ExprKind, Problem, Script, StatementKind, Target, read};
use super::{Action, Kind, Module, literal};

/// A script, understood as far as it is.
pub struct Plan {
    pub module: &'static Module,
    /// The server that the script names, if it names one.
    pub server: Option<(String, Option<u16>)>,
    pub calls: Vec<Planned>,
    /// What is not understood, by line. The rest can be played without it.
    pub problems: Vec<Problem>,
}

#[derive(Clone)]
pub struct Planned {
    /// In the script, from 1.
    pub line: u32,
    pub action: &'static Action,
    pub args: Vec<String>,
}

/// Reads a script that uses one of these modules. An error says why nothing of it can be played.
pub fn plan(text: &str, modules: &[&'static Module]) -> Result<Plan, String> {
    let script = read(text);
    let Some(module) = modules.iter().find(|module| uses(&script, module)) else {
        let names: Vec<&str> = modules.iter().map(|module| module.name).collect();
        let first = script.problems.first().map(|problem| format!(" {problem}"));
        return Err(format!(
            "The script imports none of the modules that the lab can play: {}.{}",
            names.join(", "),
            first.unwrap_or_default()
        ));
    };
    let mut planner = Planner {
        text,
        plan: Plan { module, server: None, calls: Vec::new(), problems: script.problems.clone() },
        objects: functions_of(&script, module),
        values: BTreeMap::new(),
        results: Vec::new(),
    };
    for statement in &script.statements {
        planner.statement(statement.line, &statement.kind);
    }
    planner.plan.problems.sort_by_key(|problem| (problem.line, problem.column));
    Ok(planner.plan)
}

/// Whether the module is imported, by its name of today or of Python 2.
fn uses(script: &Script, module: &Module) -> bool {
    let is = |name: &str| name == module.name || name == module.python2;
    script.statements.iter().any(|statement| match &statement.kind {
        StatementKind::Import { module, .. } => is(module),
        StatementKind::From { module: from, names } => {
            is(from) || names.iter().any(|(name, _)| format!("{from}.{name}") == module.name)
        }
        _ => false,
    })
}

/// The names that a module of functions is imported by.
fn functions_of(script: &Script, module: &Module) -> Vec<String> {
    let imports = script.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Import { module: name, alias } if name == module.name => {
            Some(alias.as_ref().unwrap_or(name).clone())
        }
        _ => None,
    });
    if module.class.is_empty() { imports.collect() } else { Vec::new() }
}

struct Planner<'a> {
    text: &'a str,
    plan: Plan,
    /// Variables that hold the module's object, or the names of a module of functions.
    objects: Vec<String>,
    /// Variables that hold literals.
    values: BTreeMap<String, Expr>,
    /// Variables that hold what a call gave.
    results: Vec<String>,
}

impl Planner<'_> {
    fn statement(&mut self, line: u32, kind: &StatementKind) {
        match kind {
            StatementKind::Import { .. } | StatementKind::From { .. } | StatementKind::Pass => {}
            StatementKind::Assign { target, value } => self.assign(line, target, value),
            StatementKind::Expr(value) => self.expression(line, value),
            StatementKind::Print(values) => {
                values.iter().for_each(|value| self.expression(line, value));
            }
            StatementKind::Forever(body) => {
                self.refuse(line, "A loop without end has no dialogue; its body is played once.");
                body.iter().for_each(|inside| self.statement(inside.line, &inside.kind));
            }
        }
    }

    fn assign(&mut self, line: u32, target: &Target, value: &Expr) {
        if let (Target::Name(name), ExprKind::Call(call)) = (target, &value.kind)
            && self.is_class(&call.function)
        {
            self.objects.push(name.clone());
            self.opened(line, call);
            return;
        }
        if let (Target::Name(name), true) = (target, self.is_literal(value)) {
            self.values.insert(name.clone(), value.clone());
            return;
        }
        match target {
            Target::Name(name) => self.results.push(name.clone()),
            Target::Names(names) => self.results.extend(names.iter().cloned()),
        }
        self.expression(line, value);
    }

    /// Plays the calls of the module that are in an expression, the inner ones first.
    fn expression(&mut self, line: u32, value: &Expr) {
        match &value.kind {
            ExprKind::Call(call) => {
                if let Some(action) = self.action(&call.function) {
                    if let ExprKind::Attribute(of, _) = &call.function.kind {
                        self.expression(line, of);
                    }
                    return self.planned(line, action, call);
                }
                if self.connects(&call.function) {
                    return self.server(call, true);
                }
                if self.is_class(&call.function) {
                    return self.opened(line, call);
                }
                let inner = call.args.iter().chain(call.keywords.iter().map(|(_, value)| value));
                let inner: Vec<Expr> = inner.cloned().collect();
                match &call.function.kind {
                    // Whatever prints, counts or decodes is Python's own matter.
                    ExprKind::Name(name) if HARMLESS.contains(&name.as_str()) => {}
                    ExprKind::Attribute(of, method) if self.is_object(of) => {
                        let known: Vec<&str> =
                            self.plan.module.actions.iter().map(|action| action.method).collect();
                        let why = format!(
                            "There is no method {method} in {}. It has {}.",
                            self.plan.module.name,
                            known.join(", ")
                        );
                        return self.refuse(line, why);
                    }
                    // A method of a value: decode(), strip() and the like.
                    ExprKind::Attribute(of, _) if !self.is_foreign(of) => self.expression(line, of),
                    _ => {
                        let called = &self.text[call.function.span.clone()];
                        self.refuse(
                            line,
                            format!(
                                "{called}() is not played: it is not of {}.",
                                self.plan.module.name
                            ),
                        );
                    }
                }
                inner.iter().for_each(|value| self.expression(line, value));
            }
            ExprKind::Attribute(of, _) | ExprKind::Subscript(of, _) => self.expression(line, of),
            ExprKind::Tuple(values) | ExprKind::List(values) => {
                values.iter().for_each(|value| self.expression(line, value));
            }
            _ => {}
        }
    }

    /// The object is made: with a server, and for some modules with a login.
    fn opened(&mut self, line: u32, call: &Call) {
        self.server(call, self.plan.module.port_in_constructor);
        let Some(action) = self.plan.module.constructor.and_then(|m| self.plan.module.action(m))
        else {
            return;
        };
        // It is played however the object is made.
        if action.params.is_empty() {
            self.plan.calls.push(Planned { line, action, args: Vec::new() });
            return;
        }
        let skip = 1 + usize::from(self.plan.module.port_in_constructor);
        let named = |name: &str| action.params.iter().any(|param| param.name == name);
        let rest = Call {
            function: call.function.clone(),
            args: call.args.iter().skip(skip).cloned().collect(),
            keywords: call.keywords.iter().filter(|(name, _)| named(name)).cloned().collect(),
        };
        if !rest.args.is_empty() || !rest.keywords.is_empty() {
            self.planned(line, action, &rest);
        }
    }

    /// The server that a constructor or `connect` names.
    fn server(&mut self, call: &Call, with_port: bool) {
        let by_name = |name: &str| {
            let found = call.keywords.iter().find(|(keyword, _)| keyword == name);
            found.map(|(_, value)| value)
        };
        let host = call.args.first().or(by_name("host")).and_then(|value| self.literal(value));
        let port = match with_port {
            true => call.args.get(1).or(by_name("port")).and_then(|value| self.literal(value)),
            false => None,
        };
        if let Some(host) = host {
            let (host, with_port) = match host.rsplit_once(':') {
                Some((name, port)) if !name.contains(':') => (name.to_string(), port.parse().ok()),
                _ => (host, None),
            };
            self.plan.server = Some((host, port.and_then(|port| port.parse().ok()).or(with_port)));
        }
    }

    fn planned(&mut self, line: u32, action: &'static Action, call: &Call) {
        // What is given to it may come from a call too.
        for value in call.args.iter().chain(call.keywords.iter().map(|(_, value)| value)) {
            if let ExprKind::Call(inner) = &value.kind
                && let Some(action) = self.action(&inner.function)
            {
                self.planned(line, action, inner);
            }
        }
        let mut args = vec![String::new(); action.params.len()];
        let positional = call.args.iter().enumerate();
        let named = call.keywords.iter().map(|(name, value)| {
            let at = action.params.iter().position(|param| param.name == name.as_str());
            (at.unwrap_or(usize::MAX), value)
        });
        for (at, value) in positional.chain(named) {
            let Some(param) = action.params.get(at) else {
                let names: Vec<&str> = action.params.iter().map(|param| param.name).collect();
                let takes = format!("{}({})", action.method, names.join(", "));
                return self.refuse(line, format!("The lab knows this call as {takes}."));
            };
            let arg = match param.kind {
                Kind::Plain => Some(self.resolved(value)),
                // Not given.
                _ if value.kind == ExprKind::None => Some(String::new()),
                Kind::Text | Kind::Secret | Kind::Lines => self.literal(value),
            };
            let Some(arg) = arg else {
                let why = format!("{} must be written out as a string.", param.name);
                return self.refuse(line, why);
            };
            args[at] = arg;
        }
        self.named_server(action, call);
        self.plan.calls.push(Planned { line, action, args });
    }

    /// A function without an object is told its server.
    fn named_server(&mut self, action: &'static Action, call: &Call) {
        let at = |name: &str| {
            let place = action.params.iter().position(|param| param.name == name)?;
            let named = call.keywords.iter().find(|(keyword, _)| keyword == name);
            let value = call.args.get(place).or(named.map(|(_, value)| value))?;
            self.literal(value)
        };
        if let (true, Some(host)) = (self.plan.module.class.is_empty(), at("host")) {
            self.plan.server = Some((host, at("port").and_then(|port| port.parse().ok())));
        }
    }

    fn action(&self, function: &Expr) -> Option<&'static Action> {
        match &function.kind {
            ExprKind::Attribute(of, method) => {
                let action = self.plan.module.action(method)?;
                let is_its =
                    if action.of.is_some() { self.is_result(of) } else { self.is_object(of) };
                is_its.then_some(action)
            }
            // `from gopherlib import *`
            ExprKind::Name(name) if self.plan.module.class.is_empty() => {
                self.plan.module.action(name)
            }
            _ => None,
        }
    }

    /// `connect` or `open` of the object, where the module does not play it: it names the server.
    fn connects(&self, function: &Expr) -> bool {
        matches!(&function.kind, ExprKind::Attribute(of, method)
            if matches!(method.as_str(), "connect" | "open") && self.is_object(of))
    }

    /// What a call of the module gave, as such or in a variable.
    fn is_result(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Name(name) => self.results.contains(name),
            ExprKind::Call(call) => self.action(&call.function).is_some(),
            _ => false,
        }
    }

    fn is_object(&self, value: &Expr) -> bool {
        matches!(&value.kind, ExprKind::Name(name) if self.objects.contains(name))
    }

    /// A name that is no variable of the script: another module.
    fn is_foreign(&self, value: &Expr) -> bool {
        matches!(&value.kind, ExprKind::Name(name)
            if !self.results.contains(name) && !self.values.contains_key(name))
    }

    /// `poplib.POP3`, or `POP3` alone where it was imported.
    fn is_class(&self, function: &Expr) -> bool {
        let last = match &function.kind {
            ExprKind::Attribute(_, name) | ExprKind::Name(name) => name,
            _ => return false,
        };
        last == self.plan.module.class
    }

    fn is_literal(&self, value: &Expr) -> bool {
        matches!(
            value.kind,
            ExprKind::Str(_)
                | ExprKind::Bytes(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Bool(_)
                | ExprKind::None
                | ExprKind::Plus(..)
                | ExprKind::List(_)
                | ExprKind::Tuple(_)
        )
    }

    /// The text of a literal, also through a variable and a sum.
    fn literal(&self, value: &Expr) -> Option<String> {
        Some(match &value.kind {
            ExprKind::Str(text) => text.clone(),
            ExprKind::Bytes(bytes) => String::from_utf8(bytes.clone()).ok()?,
            ExprKind::Int(number) => number.to_string(),
            ExprKind::Name(name) => self.literal(self.values.get(name)?)?,
            ExprKind::Plus(left, right) => self.literal(left)? + &self.literal(right)?,
            // A file in memory is what it holds.
            ExprKind::Call(call) => match (&call.function.kind, &call.args[..]) {
                (ExprKind::Attribute(_, name) | ExprKind::Name(name), [content])
                    if matches!(name.as_str(), "BytesIO" | "StringIO") =>
                {
                    self.literal(content)?
                }
                (ExprKind::Attribute(of, name), _) if name == "encode" => self.literal(of)?,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Octets, also through variables, sums and `encode()`.
    fn octets(&self, value: &Expr) -> Option<Vec<u8>> {
        match &value.kind {
            ExprKind::Bytes(octets) => Some(octets.clone()),
            ExprKind::Name(name) => self.octets(self.values.get(name)?),
            ExprKind::Plus(left, right) => Some([self.octets(left)?, self.octets(right)?].concat()),
            ExprKind::Call(_) => self.literal(value).map(String::into_bytes),
            _ => None,
        }
    }

    /// As it is written; a variable by what it holds, and a sum by what it gives.
    fn resolved(&self, value: &Expr) -> String {
        match &value.kind {
            ExprKind::None => String::new(),
            ExprKind::Name(name) => match self.values.get(name) {
                Some(value) => self.resolved(value),
                None => name.clone(),
            },
            ExprKind::Plus(..) | ExprKind::Call(_) if let Some(octets) = self.octets(value) => {
                literal::bytes(&octets)
            }
            ExprKind::Plus(..) if let Some(text) = self.literal(value) => literal::text(&text),
            _ => self.text.get(value.span.clone()).unwrap_or_default().into(),
        }
    }

    fn refuse(&mut self, line: u32, why: impl Into<String>) {
        self.plan.problems.push(Problem { line, column: 1, why: why.into() });
    }
}

/// Functions of Python that cause no dialogue.
const HARMLESS: &[&str] =
    &["print", "repr", "str", "len", "list", "dict", "tuple", "sorted", "int", "open", "range"];
