export { renderField, renderHidden, renderNotice, type TextField } from './form-parts.ts';
export { html, type Html } from './html.ts';
export { isLocalPath } from './local-path.ts';
export { routePages, type PageHandler, type PageRequest, type PageRoute } from './page-router.ts';
export { sendOnward, sendPage, sendRedirect, toFormAction, type Page } from './send-page.ts';
