import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // One bundle of a known size; the warning is for pages of many routes.
  build: { chunkSizeWarningLimit: 1_000 },
});
