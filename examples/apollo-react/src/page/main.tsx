import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ResilienceProvider } from '@holdfast/react';
import { App } from './app.tsx';
import { resilience } from './client.ts';

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <ResilienceProvider resilience={resilience}>
      <App />
    </ResilienceProvider>
  </StrictMode>,
);
