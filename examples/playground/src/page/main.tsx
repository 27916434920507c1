import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';
import { openPlayground } from './playground.ts';

const element = document.getElementById('page');
if (element === null) throw new Error('The page has no place to draw in.');

const root = createRoot(element);
try {
  const playground = await openPlayground();
  root.render(
    <StrictMode>
      <Page playground={playground} />
    </StrictMode>,
  );
} catch (error) {
  root.render(<p role="alert">The playground cannot start: {String(error)}</p>);
}
