//! `include`, `render`, `render_liquid`: templates in templates.

use std::sync::Arc;

use super::scope::Scope;
use super::{Flow, Missing, Renderer};
use crate::node::{Arguments, Include, Isolated};
use crate::value::Value;
use crate::{Limit, RenderError, Template};

impl<'a> Renderer<'a> {
    /// Shares the variables of where it is, and what it assigns stays.
    pub(super) fn include(&mut self, tag: &Include) -> Result<Flow, RenderError> {
        let name = self.operand(&tag.name, Missing::Fails)?;
        let (name, template) = self.partial(&name)?;
        let arguments = self.arguments(&tag.arguments)?;
        let with = match &tag.with {
            Some(value) => Some(self.operand(value, Missing::Fails)?),
            None => None,
        };
        let bound = self.scope.bound();
        if let Some(with) = with {
            self.scope.bind(&name, with);
        }
        for (name, value) in arguments {
            self.scope.bind(&name, value);
        }
        self.enter()?;
        let flow = self.block(template.nodes())?;
        self.leave();
        self.scope.unbind(bound);
        Ok(flow)
    }

    /// Sees what it is given and the host's variables, and nothing that it assigns stays.
    pub(super) fn isolated(&mut self, tag: &Isolated) -> Result<(), RenderError> {
        let name = self.operand(&tag.name, Missing::Fails)?;
        let (name, template) = self.partial(&name)?;
        let mut arguments = self.arguments(&tag.arguments)?;
        if let Some(with) = &tag.with {
            let value = self.operand(&with.value, Missing::Fails)?;
            let alias = with.alias.as_ref().unwrap_or(&name);
            arguments.push((Arc::clone(alias), value));
        }
        let Some(each) = &tag.each else {
            return self.render_in(Scope::with(arguments), &template);
        };
        let collection = self.operand(&each.value, Missing::IsNil)?;
        let alias = Arc::clone(each.alias.as_ref().unwrap_or(&name));
        let mut scope = Scope::with(arguments);
        std::mem::swap(&mut self.scope, &mut scope);
        self.enter()?;
        self.each(&alias, &each.text, collection, template.nodes())?;
        self.leave();
        self.scope = scope;
        Ok(())
    }

    /// Renders a template that sees the host's variables only, besides what is in its scope.
    pub(super) fn render_in(
        &mut self,
        scope: Scope<'a>,
        template: &Template,
    ) -> Result<(), RenderError> {
        let outer = std::mem::replace(&mut self.scope, scope);
        self.enter()?;
        self.block(template.nodes())?;
        self.leave();
        self.scope = outer;
        Ok(())
    }

    pub(super) fn enter(&mut self) -> Result<(), RenderError> {
        self.include_depth += 1;
        if self.include_depth > self.meter.limits().include_depth {
            return Err(Limit::IncludeDepth.into());
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.include_depth -= 1;
    }

    fn partial(&mut self, name: &Value<'a>) -> Result<(Arc<str>, Template), RenderError> {
        let name = self.meter.text_of(name)?;
        match self.host.partial(name.as_str()) {
            Some(template) => Ok((name.as_str().into(), template)),
            None => Err(RenderError::NoPartial(name.as_str().to_owned())),
        }
    }

    fn arguments(
        &mut self,
        arguments: &Arguments,
    ) -> Result<Vec<(Arc<str>, Value<'a>)>, RenderError> {
        arguments
            .iter()
            .map(|(name, value)| Ok((Arc::clone(name), self.operand(value, Missing::Fails)?)))
            .collect()
    }
}
