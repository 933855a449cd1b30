import { expect, it } from 'vitest'
import { factsIn } from '../../studio/i18n/error-facts'
import phrases from '../../studio/i18n/zh-CN/phrases.json'
import { InTheWay, runtimeReason } from './onnx-runtime-reason'

const here = '/mnt/azure_nvme_temp/_work/1/s/onnxruntime/core/'
const create = "Can't create a session. ERROR_CODE: 1, ERROR_MESSAGE: "

/** As onnxruntime-web 1.30 says it, and onnxruntime in Python. */
it.each([
  [
    `${create}No Op registered for Warp with domain_version of 17`,
    'it knows no operator Warp',
    '它不认识算子 Warp',
  ],
  [
    `${create}Fatal error: my.ops:Foo(-1) is not a registered function/op`,
    'it knows no operator my.ops:Foo',
    '它不认识算子 my.ops:Foo',
  ],
  [
    "[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : Could not find an implementation for Sin(7) node with name 'n'",
    'it computes Sin, but not with numbers of these types',
    '它能计算 Sin，但不支持这些类型的数',
  ],
  [
    `${create}${here}graph/model.cc:203 onnxruntime::Model::Model(ModelProto &&, const PathString &, const ModelOptions &) Unsupported model IR version: 99, max supported IR version: 13\n`,
    'the file is of IR version 99, and it reads files up to version 13',
    '文件的 IR 版本是 99，而它最高只能读取版本 13',
  ],
  [
    `${create}${here}graph/model_load_utils.h:56 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::string, int> &, int) ONNX Runtime only *guarantees* support for models. Opset 99 is under development. Current official support for domain ai.onnx is till opset 26.\n`,
    'it knows the operators of ai.onnx up to opset 26',
    '它对 ai.onnx 的算子最高只认识到 opset 26',
  ],
  [
    `${create}This is an invalid model. Type Error: Type 'tensor(float)' of input parameter (x) of operator (And) in node (n1) is invalid.`,
    'values of tensor(float) are nothing that And takes',
    'And 不接受 tensor(float) 类型的值',
  ],
  [
    `${create}[ShapeInferenceError] Incompatible dimensions for matrix multiplication`,
    'sides or types of values do not fit together: “Incompatible dimensions for matrix multiplication”',
    '各值的边长或类型不相匹配：“Incompatible dimensions for matrix multiplication”',
  ],
  [
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: Non-zero status code returned while running MatMul node. Name:'n16' Status Message: matmul_helper.h:178 Compute MatMul dimension mismatch",
    'MatMul stopped while it ran: “MatMul dimension mismatch”',
    'MatMul 运行时停止：“MatMul dimension mismatch”',
  ],
  [
    `${create}Failed to load model because protobuf parsing failed.`,
    '“Failed to load model because protobuf parsing failed”',
    '“Failed to load model because protobuf parsing failed”',
  ],
])('%s', (said, english, chinese) => {
  const reason = runtimeReason(new Error(said))
  expect(reason).toBe(english)
  expect(factsIn(phrases, { reason })).toEqual({ reason: chinese })
})

it('what the page finds itself is no quotation, and a long text is cut', () => {
  const reason = runtimeReason(new InTheWay('an output was not computed'))
  expect(reason).toBe('an output was not computed')
  expect(factsIn(phrases, { reason })).toEqual({ reason: '有一个输出没有算出' })
  expect(runtimeReason(`a\nb${'x'.repeat(9000)}`)).toBe(`“a b${'x'.repeat(297)}”`)
})
