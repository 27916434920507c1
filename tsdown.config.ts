import { defineConfig } from 'tsdown';

/** One configuration for every package: ESM and CJS, each with its own declarations. */
export default defineConfig({
  workspace: ['packages/*'],
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  dts: { oxc: true },
  sourcemap: true,
  fixedExtension: true,
  clean: true,
});
