import type { NameEncoding } from '../../src/files/name-encoding'

const western =
  'Äpfel Birnen Öl ärger Bär Löwe Hündin Kätzchen Vögel Möwe Käfer Ameisenbär Straße Mädchen Brötchen Käse Müll Gemüse Früchte Nüsse größe fuß weiß schön süß Übung épée été café crème brûlée forêt chêne hêtre érable flèche garçon Noël hôpital île maïs niño año señal araña búho león ratón árbol jabón corazón avión camión camarón piñata ångström fågel båt kött räv björn älg'

/** Names of everyday things, parted by spaces, and an encoding that old systems wrote them in. */
export const foreignWords: readonly (readonly [NameEncoding, string])[] = [
  [
    'gbk',
    '苹果 香蕉 橙子 葡萄 西瓜 草莓 桃子 梨 猫 狗 马 牛 羊 猪 鸡 鸭 鱼 鸟 老虎 狮子 大象 熊猫 汽车 飞机 火车 轮船 自行车 摩托车 公交车 卡车 健康 患病 正常 异常 良性 恶性 裂纹 划痕 训练集 测试集 验证集 图片 数据集 照片 新建文件夹 玫瑰 向日葵 郁金香 蒲公英 雏菊 可回收物 厨余垃圾 有害垃圾 其他垃圾 塑料瓶 玻璃 纸张 金属 水稻 小麦 玉米 番茄 晴天 雨天 雪天 张三 李四 王五 北京 上海 广州 深圳 男 女 高兴 悲伤 愤怒 惊讶',
  ],
  [
    'big5',
    '蘋果 香蕉 橙子 葡萄 西瓜 草莓 桃子 梨 貓 狗 馬 牛 羊 豬 雞 鴨 魚 鳥 老虎 獅子 大象 熊貓 汽車 飛機 火車 輪船 自行車 摩托車 公車 卡車 健康 患病 正常 異常 良性 惡性 裂紋 刮痕 訓練集 測試集 驗證集 圖片 資料集 照片 新增資料夾 玫瑰 向日葵 鬱金香 蒲公英 雛菊 可回收 廚餘 有害垃圾 其他垃圾 塑膠瓶 玻璃 紙張 金屬 水稻 小麥 玉米 番茄 晴天 雨天 雪天 張三 李四 王五 臺北 高雄 臺中 香港 男 女 高興 悲傷 憤怒 驚訝',
  ],
  [
    'shift_jis',
    'りんご バナナ みかん ぶどう すいか いちご 桃 梨 猫 犬 馬 牛 羊 豚 鶏 鴨 魚 鳥 虎 ライオン ゾウ パンダ 自動車 飛行機 電車 船 自転車 バイク バス トラック 正常 異常 良性 悪性 ひび割れ 傷 訓練データ テスト 検証 画像 データセット 写真 新しいフォルダー バラ ひまわり チューリップ たんぽぽ ペットボトル ガラス 紙 金属 米 小麦 トウモロコシ トマト 晴れ 雨 雪 田中 佐藤 鈴木 東京 大阪 男 女 喜び 悲しみ 怒り 驚き 花 車 人 山 川 空',
  ],
  [
    'euc-kr',
    '사과 바나나 오렌지 포도 수박 딸기 복숭아 배 고양이 강아지 말 소 양 돼지 닭 오리 물고기 새 호랑이 사자 코끼리 판다 자동차 비행기 기차 배 자전거 오토바이 버스 트럭 정상 비정상 양성 악성 균열 긁힘 학습데이터 테스트 검증 이미지 데이터셋 사진 새폴더 장미 해바라기 튤립 민들레 플라스틱 유리 종이 금속 쌀 밀 옥수수 토마토 맑음 비 눈 서울 부산 대구 남자 여자 기쁨 슬픔 분노 놀람',
  ],
  ['cp437', western],
  ['windows-1252', western],
]
