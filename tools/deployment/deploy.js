// Deploys a serverless.yml twice, with Tencent's real deployment library and a platform that lives in this file.
//
//   node deploy.js <directory of node_modules> <serverless.yml>     values of ${env:...} come as JSON on stdin
//
// Prints {"inputs", "first", "again", "problem"}: the file as the component gets it, the requests of both deployments.
// The steps are those of the component multi-scf (https://github.com/serverless-components/tencent-multi-scf, src/):
// it renames inputs, deploys each function, then hands all triggers to the library's TriggerManager.
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, file] = process.argv.slice(2);
const load = (name) => require(path.join(modules, name));
console.log = console.error; // the library talks; stdout is for the answer

const requests = [];
const functions = new Map();
const triggers = [];

const failure = (Code, Message) => ({ Response: { Error: { Code, Message }, RequestId: 'local' } });
const success = (answer) => ({ Response: { RequestId: 'local', ...answer } });

// A filter without a value finds nothing, so that the library creates where it should have updated.
const found = (filters = []) => (trigger) =>
  filters.every(({ Name, Values }) => (Values || []).some((value) => value != null && trigger[Name] === value));

// What was sent as a cron expression comes back as JSON text, and an argument that was not sent as an empty one.
const info = ({ TriggerName, Type, TriggerDesc, Qualifier, Enable, CustomArgument = '' }) => ({
  TriggerName, Type, Qualifier, CustomArgument, Enable: Enable === 'OPEN' ? 1 : 0,
  TriggerDesc: Type === 'timer' ? JSON.stringify({ cron: TriggerDesc }) : TriggerDesc,
});

const platform = {
  GetFunction: ({ FunctionName }) =>
    functions.has(FunctionName)
      ? success({ ...functions.get(FunctionName), Status: 'Active', Qualifier: '$LATEST' })
      : failure('ResourceNotFound.Function', 'no such function'),
  CreateFunction: (params) => success(functions.set(params.FunctionName, params) && {}),
  UpdateFunctionCode: () => success({}),
  UpdateFunctionConfiguration: () => success({}),
  DescribeResourceTagsByResourceIds: () => success({ Tags: [], TotalCount: 0 }),
  GetAlias: () => success({ RoutingConfig: {} }),
  ListTriggers: ({ FunctionName, Filters }) => {
    const own = triggers.filter((one) => one.FunctionName === FunctionName).filter(found(Filters));
    // As the reference has a TriggerInfo: without the function's name, by which the library would find it, and fail.
    return success({ Triggers: own.map(info), TotalCount: own.length });
  },
  CreateTrigger: (params) => success(triggers.push(params) && { TriggerInfo: info(params) }),
  UpdateTrigger: () => success({}),
  DeleteTrigger: () => success({}),
};

load('@tencent-sdk/capi').Capi.prototype.request = async function ({ Action, Version, ...params }) {
  requests.push({ Action, params: JSON.parse(JSON.stringify(params)) });
  return platform[Action] ? platform[Action](params) : failure('InvalidAction', `no action ${Action}`);
};

// As the command line resolves variables: ${env:NAME} alone; a default inside is not understood and stays as it is.
function resolve(value, env) {
  if (Array.isArray(value)) return value.map((one) => resolve(one, env));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, env)]));
  }
  return typeof value === 'string' ? value.replace(/\$\{env:([\w.-]+)\}/g, (_, name) => env[name]) : value;
}

// The component's renaming: the list `environments` becomes the object that the library reads, and replaces it.
function functionInputs(common, key, own, document) {
  const inputs = { ...JSON.parse(JSON.stringify(common)), ...own };
  inputs.name = inputs.name || `${document.name}-${document.stage}-${document.app}-${key}`;
  inputs.environment = { variables: Object.fromEntries((inputs.environments || []).map((one) => [one.key, one.value])) };
  inputs.tags = Array.isArray(inputs.tags) || !inputs.tags ? {} : inputs.tags;
  inputs.vpcConfig = inputs.vpc || inputs.vpcConfig;
  inputs.code = { bucket: 'code', object: 'package.zip' };
  return inputs;
}

async function deploy(document) {
  const { Scf, TriggerManager } = load('tencent-component-toolkit');
  const { src, functions: list, triggers: wanted = [], ...rest } = document.inputs;
  const common = { ...rest, type: rest.type || 'event', runtime: rest.runtime || 'Nodejs12.16', namespace: rest.namespace || 'default' };
  const keys = { SecretId: 'id', SecretKey: 'key' };
  const names = {};
  for (const [key, own] of Object.entries(list)) {
    const inputs = functionInputs(common, key, own, document);
    names[key] = { name: inputs.name, type: inputs.type, namespace: inputs.namespace };
    await new Scf(keys, common.region).deploy(inputs);
  }
  const mapped = wanted.map((one) => {
    if (!names[one.function]) throw new Error(`a trigger is for ${one.function}, which is no function here`);
    return { ...one, namespace: common.namespace, function: names[one.function] };
  });
  await new TriggerManager(keys, common.region).bulkCreateTriggers(mapped, common.namespace);
}

async function main() {
  const env = JSON.parse(fs.readFileSync(0, 'utf8'));
  const result = { inputs: {}, first: [], again: [], problem: null };
  try {
    const document = resolve(load('js-yaml').load(fs.readFileSync(file, 'utf8')), env);
    result.inputs = document.inputs || {};
    await deploy(document);
    result.first = requests.splice(0);
    await deploy(document);
    result.again = requests.splice(0);
  } catch (error) {
    result.problem = String(error.message).split('\n')[0];
  }
  process.stdout.write(JSON.stringify(result));
}

main();
