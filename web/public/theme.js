// Before the first paint, so that nothing flashes: the theme somebody chose on this device.
(function () {
  var theme = localStorage.getItem('rookery.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
