import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ResilienceProvider } from '@holdfast/react';
import { App } from './app.tsx';
import { resilience } from './client.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('The page has no element #app.');

createRoot(root).render(
  <StrictMode>
    <ResilienceProvider resilience={resilience}>
      <App />
    </ResilienceProvider>
  </StrictMode>,
);
