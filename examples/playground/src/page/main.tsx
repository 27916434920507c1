import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';
import { Playback } from './playback.ts';

const element = document.getElementById('page');
if (element === null) throw new Error('The page has no place to draw in.');

const playback = new Playback();
createRoot(element).render(
  <StrictMode>
    <Page playback={playback} />
  </StrictMode>,
);
playback.begin();
