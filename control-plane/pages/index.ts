export { renderField, renderHidden, renderNotice, type TextField } from './form-parts.ts';
export { html, type Html } from './html.ts';
export { routePages, type PageHandler, type PageRequest, type PageRoute } from './page-router.ts';
export { sendPage, sendRedirect, toFormAction, type Page } from './send-page.ts';
