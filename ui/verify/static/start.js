// Runs before the check and in every browser, so it is written for the oldest.
(function () {
  'use strict';
  var root = document.documentElement;
  if (typeof WebAssembly === 'object' && typeof Promise === 'function' && typeof fetch === 'function') {
    root.className = 'can-check';
  }
  // A program that fails to load or to start must not leave "being checked" on the screen.
  function failed() {
    if (document.getElementById('plain-cannot')) {
      root.className = '';
    }
  }
  window.addEventListener('error', failed, true);
  window.addEventListener('unhandledrejection', failed);
  if ('serviceWorker' in navigator) {
    // Without it the page works as well, only not offline.
    navigator.serviceWorker.register('/assets/offline.js', { scope: '/' }).catch(function () {});
  }
})();
