import { Extensions, UseMiddleware } from 'type-graphql';
import { checkScope, type Action } from '../authorization/index.ts';
import { runOperation } from '../database/change-origin.ts';
import type { ApiContext } from './context.ts';

/**
 * Declares which action a root field performs. Before the field runs, the caller must be known and their key must have the scope; what it is
 * performed on is decided by `authorize` with the resource at hand. A root field without this does not pass the schema test.
 */
export function PerformsAction(action: Action): MethodDecorator {
  const extensions = Extensions({ action });
  const middleware = UseMiddleware(({ context, info }, next) => {
    checkScope((context as ApiContext).access, action);
    return info.parentType.name === 'Mutation' ? runOperation(info.fieldName, next) : next();
  });
  return (prototype, propertyKey, descriptor) => {
    extensions(prototype as object, propertyKey, descriptor);
    middleware(prototype as object, propertyKey, descriptor);
  };
}
