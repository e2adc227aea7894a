export { evaluate } from 'some-expression-language';
