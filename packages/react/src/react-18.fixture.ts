import { registerHooks } from 'node:module';
import { version } from 'react';

/** Everything that asks for React is given React 18: clients and testing-library among them. */
registerHooks({
  resolve: (specifier, context, next) => {
    const [, name, rest] = /^(react|react-dom)(\/.*)?$/u.exec(specifier) ?? [];
    if (name === undefined) return next(specifier, context);
    return next(`${name}-18${rest ?? ''}`, { ...context, parentURL: import.meta.url });
  },
});

if (!version.startsWith('18.')) throw new Error(`These tests are for React 18, not ${version}.`);
