// Where editors and a bare `vitest` look.
export { default } from './vitest.workspace.ts';
