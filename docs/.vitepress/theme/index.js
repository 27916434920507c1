// Fonts of the system: 68 KB less before the first words, on a phone's network, and no words that move when they come.
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    router.onAfterRouteChanged = () => {
      if (typeof document !== 'undefined') requestAnimationFrame(markMain);
    };
  },
};

/** The front page has no `main` by itself; all others have. */
function markMain() {
  const content = document.querySelector('#VPContent');
  if (content?.querySelector('main')) content.removeAttribute('role');
  else content?.setAttribute('role', 'main');
}
