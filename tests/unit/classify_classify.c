/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "classify/classify.h"
#include "classify/marking.h"
#include "classify/types.h"
#include "classify/words.h"

static struct rmn_classifier *classifier;	/* one for all, as for many documents */

static void
classify_one(const struct rmn_classify_input *input, struct rmn_classification *result)
{
	if (!classifier)
		classifier = rmn_classifier_new();
	assert_non_null(classifier);
	rmn_classify(classifier, input, result);
}

static struct rmn_classification
classify(const char *name, const char *text, bool is_mail)
{
	struct rmn_classify_input input = {
		.name = rmn_bytes_from_string(name), .path = rmn_bytes_from_string(name),
		.head_text = rmn_bytes_from_string(text), .text_bytes = strlen(text),
		.is_mail = is_mail,
	};
	struct rmn_classification result;

	classify_one(&input, &result);
	return result;
}

struct sample {
	const char *type, *name, *text;
};

static const struct sample samples[] = {
	{"nda", "doc1.docx", "秘密保持契約書\n株式会社東雲（以下「甲」という。）と北斗電機株式会社（以下「乙」という。）は、"
	    "開示者が受領者に開示する秘密情報について次のとおり契約する。"},
	{"nda", "NDA_hokuto.pdf", "Mutual Non-Disclosure Agreement\nThe receiving party shall not disclose."},
	{"nda", "機密保持契約.doc", "守秘義務を負う。受領者は開示者の許可なく開示してはならない。"},
	{"contract", "a.doc", "業 務 委 託 契 約 書\n委託者（以下「甲」）と受託者（以下「乙」）は本契約を締結する。"},
	{"contract", "保守契約書.pdf", "第1条 乙は甲に対し保守を行う。契約書に収入印紙を貼付する。"},
	{"contract", "agreement.docx", "SERVICE AGREEMENT\nWHEREAS the parties hereby agree as follows. Governing law: Japan."},
	{"estimate", "mitsumori.xlsx", "御 見 積 書\n北斗電機株式会社 御中\n見積金額 合計 120,000円 有効期限 30日"},
	{"estimate", "見積書_20150401.xls", "お見積の件"},
	{"estimate", "q.pdf", "QUOTATION\nValid until 2016-03-31. This estimate is for the work below."},
	{"purchase_order", "b.xls", "注文書\n株式会社東雲 御中\n注文番号 A-1 納期 4月末 合計 10,000"},
	{"purchase_order", "PO.pdf", "Purchase Order\nPO number 4500 Ship to: Tokyo"},
	{"purchase_order", "発注書.xlsx", "発注日 2014年4月1日 納入場所 本社"},
	{"invoice", "c.xls", "請　求　書\n北斗電機株式会社 御中\nご請求金額 合計 54,000円\n振込先 東雲銀行 支払期日 5月末"},
	{"invoice", "invoice-0012.pdf", "Invoice\nBill to: Hokuto. Amount due: 1,200 USD. Due date 5/31"},
	{"invoice", "適格請求書.pdf", "登録番号T1234567890123 支払期限"},
	{"delivery", "d.xls", "納品書\n株式会社東雲 御中\n納品日 4月1日 合計 3点"},
	{"delivery", "領収書.pdf", "但し 書籍代として 正に領収いたしました"},
	{"delivery", "検収書_4月.xlsx", "検収日 4月30日 検収いたしました"},
	{"proposal", "提案書_基幹.docx", "ご提案内容 導入効果 概算費用"},
	{"proposal", "e.docx", "新サービス企画書\n企画概要 提案の背景 概算費用 スケジュール"},
	{"proposal", "proposal.docx", "Proposal\nExecutive summary. Our approach. Deliverables."},
	{"minutes", "f.docx", "第３回 定例 議事録\n日時 4/1 場所 本社会議室 出席者 佐藤、鈴木\n決定事項 次回は5/1"},
	{"minutes", "minutes_0401.txt", "Meeting minutes\nAttendees: Sato. Action items: none."},
	{"minutes", "打合せメモ.txt", "打ち合わせ 議題 宿題事項 ToDo"},
	{"security", "g.pdf", "脆弱性診断 結果報告\n検出事項 SQLインジェクション 危険度 高 対策案 再現手順"},
	{"security", "pentest.docx", "Penetration Test\nFindings: CVE-2014-0160 CVSS 7.5 remediation"},
	{"security", "診断報告書.pdf", "脆弱性が3件検出されました。リスク高。対策"},
	{"network", "ネットワーク構成図.xls", "VLAN 10 IPアドレス 192.0.2.1 ルータ"},
	{"network", "h.txt", "パラメータシート\nIPアドレス VLAN ファイアウォール サブネット"},
	{"network", "net.docx", "Network configuration\nsubnet 192.0.2.0/24 router gateway VLAN"},
	{"design", "基本設計書_v2.xlsx", "改訂履歴 画面一覧 機能一覧 テーブル定義 処理フロー"},
	{"design", "i.doc", "要件定義書\n前提条件 非機能要件 機能一覧 処理概要"},
	{"design", "spec.docx", "Functional Spec\nRequirements and interface. Use cases and test cases."},
	{"payroll", "給与明細_4月.pdf", "基本給 通勤手当 差引支給額 控除 所得税"},
	{"payroll", "j.pdf", "平成26年分 給与所得の源泉徴収票\n支払金額 社会保険料等の金額 控除"},
	{"payroll", "payslip.pdf", "Payslip\nGross pay 1000 Net pay 800 withholding 200"},
	{"personnel", "履歴書.doc", "氏名 学歴 職歴 志望動機 資格・免許"},
	{"personnel", "k.xls", "人事評価 評価シート\n考課 等級 昇格"},
	{"personnel", "resume.docx", "Resume\nWork experience: Education:"},
	{"customer_list", "顧客リスト.csv", "顧客番号,氏名,フリガナ,電話番号,住所\n1,山田太郎,ヤマダタロウ,03-9999-0001,東京都"},
	{"customer_list", "l.xlsx", "会員名簿\n会員番号 氏名 郵便番号 住所 電話番号 メールアドレス"},
	{"customer_list", "customers.csv", "customer list\ncustomer id,name,phone number"},
	{"credentials", "パスワード一覧.txt", "ログインID ユーザー名 パスワード 接続先"},
	{"credentials", "m.xlsx", "アカウント一覧\nユーザID 初期パスワード 接続先 管理台帳"},
	{"credentials", "pw.txt", "Account list\nusername password login root"},
	{"finance", "決算書.xls", "営業利益 経常利益 売上 原価"},
	{"finance", "n.xlsx", "第10期 損益計算書\n売上 原価 粗利 営業利益"},
	{"finance", "budget.xlsx", "Annual budget\nRevenue forecast gross profit operating income"},
	{"legal", "特許願.doc", "【発明の名称】 出願人 弁理士 請求項1"},
	{"legal", "o.doc", "訴状\n原告 株式会社東雲 被告 某 弁護士"},
	{"legal", "opinion.docx", "Legal Opinion\nThe plaintiff and the defendant; patent claims; counsel"},
	{"report", "週報_0401.txt", "今週の作業内容 進捗 来週の予定"},
	{"report", "p.doc", "障害報告書\n発生日時 原因 再発防止 対策"},
	{"report", "report.docx", "Incident Report\nRoot cause: disk. Progress: done."},
	{"meeting", "q2.doc", "定例会議資料\n日時 4/1 場所 本社 議題 次第 開催日時"},
	{"schedule", "工程表.xls", "開始日 終了日 担当 工程"},
	{"mail", "r.eml", "佐藤様\nいつもお世話になっております。東雲の山田です。資料を添付します。よろしくお願いいたします。"},
	{"slide", "intro.pptx", "会社のご紹介"},
	{"source_code", "main.c", "#include <stdio.h>\nint main(void) { return 0; }"},
	{"other", "memo.txt", "牛乳を買う"},
};

static void
test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct rmn_classification r = classify(samples[i].name, samples[i].text,
		    strcmp(samples[i].type, "mail") == 0);

		if (strcmp(r.doc_type, samples[i].type) != 0)
			print_message("%s: %u points\n", samples[i].name, r.type_score);
		assert_string_equal(r.doc_type, samples[i].type);
		if (i < sizeof(samples) / sizeof(samples[0]) - 3) {
			if (!r.is_business)
				print_message("%s\n", samples[i].name);
			assert_true(r.type_score >= 50);
			assert_true(r.is_business);
		}
	}
}

static void
test_markings(void **state)
{
	static const struct { const char *name, *text, *marking, *written; } cases[] = {
		/* the acceptance list */
		{"a.doc", "【社外秘】\n営業計画", "internal", "社外秘"},
		{"a.doc", "社 外 秘\n営業計画", "internal", "社 外 秘"},
		{"a.doc", "社　外　秘\n営業計画", "internal", "社　外　秘"},
		{"a.doc", "㊙\n新製品について", "secret", "㊙"},
		{"a.doc", "report\nCONFIDENTIAL\nfor the board", "secret", "CONFIDENTIAL"},
		{"a.doc", "秘書室からのお知らせ", "", ""},
		{"a.doc", "神秘的な湖を訪ねて", "", ""},
		{"a.eml", "Hello,\nThis e-mail is confidential and may be privileged. If you are not "
		    "the intended recipient, please delete it.", "", ""},
		/* other ways to mark */
		{"a.doc", "極秘\n本文", "top_secret", "極秘"},
		{"a.doc", "（秘）人事異動案", "secret", "秘"},
		{"a.doc", "■関係者外秘■\n本文", "secret", "関係者外秘"},
		{"a.doc", "氏名\t部外秘\t日付", "secret", "部外秘"},
		{"a.doc", "株式会社東雲 社外秘\n本文", "internal", "社外秘"},
		{"a.doc", "※取扱注意\n本文", "internal", "取扱注意"},
		{"a.doc", "機密性３情報\n本文", "top_secret", "機密性３情報"},
		{"a.doc", "TLP:AMBER+STRICT\ntext", "secret", "TLP:AMBER+STRICT"},
		{"a.doc", "TLP:AMBER\ntext", "internal", "TLP:AMBER"},
		{"a.doc", "TLP:WHITE\ntext", "", ""},
		{"a.doc", "(c) 2015 Shinonome Inc. Confidential\ntext", "secret", "Confidential"},
		{"a.doc", "Internal Use Only\ntext", "internal", "Internal Use Only"},
		{"a.doc", "STRICTLY CONFIDENTIAL - board paper\ntext", "top_secret",
		    "STRICTLY CONFIDENTIAL"},
		{"a.doc", "DRAFT\ntext", "draft", "DRAFT"},
		{"a.doc", "（未定稿）\n本文", "draft", "未定稿"},
		{"a.doc", "□公開 ■社外秘 □極秘", "internal", "社外秘"},
		{"【社外秘】顧客一覧.xlsx", "一覧", "internal", "社外秘"},
		{"極秘_人事.doc", "一覧", "top_secret", "極秘"},
		{"Plan_CONFIDENTIAL_v2.docx", "plan", "secret", "CONFIDENTIAL"},
		{"/home/a/社外秘/plan.docx", "plan", "internal", "社外秘"},
		/* just words */
		{"a.doc", "この資料は社外秘として扱うよう指示があったので印刷は控えた。", "", ""},
		{"a.doc", "極秘裏に進める", "", ""},
		{"a.doc", "成功の秘訣", "", ""},
		{"a.doc", "情報の機密性、完全性、可用性", "", ""},
		{"a.doc", "受領者は機密情報を第三者に開示してはならない", "", ""},
		{"a.doc", "区分: 公開 / 社外秘 / 極秘", "", ""},
		{"a.doc", "■公開 □社外秘 □極秘", "", ""},
		{"a.doc", "本メールは機密情報を含む場合があります。", "", ""},
		{"a.yaml", "kind: Secret\nSECRET=abc\nsecret: x\n", "", ""},
		{"a.h", "THE CONFIDENTIAL SDK LICENSE of the vendor", "", ""},
		{"a.txt", "It was a confidential talk in a secret place.", "", ""},
		{"a.txt", "期間限定セール", "", ""},
		{"秘書課_連絡.doc", "連絡", "", ""},
		{"secret_garden.txt", "text", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rmn_classification r = classify(cases[i].name, cases[i].text, false);

		if (strcmp(r.marking, cases[i].marking) != 0)
			print_message("%s: %s\n", cases[i].name, cases[i].text);
		assert_string_equal(r.marking, cases[i].marking);
		assert_string_equal(r.marking_text, cases[i].written);
	}
}

static void
test_business(void **state)
{
	static const struct { const char *name, *text; bool business; } cases[] = {
		{"請求書.xls", "請求書 御中 合計 振込先", true},
		{"memo.doc", "【社外秘】\nメモ", true},
		{"memo.doc", "今日はよい天気です。", false},
		{"年賀状.doc", "契約書 覚書", false},
		{"LICENSE.txt", "GNU GENERAL PUBLIC LICENSE\nThis agreement", false},
		{"eula.txt", "ソフトウェア使用許諾契約書\n本契約は甲乙", false},
		{"契約書のひな形.doc", "契約書\n「甲」「乙」", false},
		{"カレーのレシピ.txt", "作り方 献立", false},
		{"請求書.xls", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (classify(cases[i].name, cases[i].text, false).is_business != cases[i].business)
			print_message("%s\n", cases[i].name);
		assert_int_equal(classify(cases[i].name, cases[i].text, false).is_business,
		    cases[i].business);
	}
}

static void
test_language(void **state)
{
	static const struct { const char *text, *language; } cases[] = {
		{"お世話になっております。", "ja"}, {"髙橋一郎\n佐藤花子", "ja"},
		{"Windows Server 2012 の設定手順", "ja"},
		{"This is the report of the meeting that was held on Monday in the office of the "
		    "company, and it is for you.", "en"},
		{"Dies ist der Bericht über die Sitzung, die am Montag im Büro der Firma stattfand "
		    "und für alle gilt.", ""},
		{"Привет мир", ""}, {"", ""}, {"12345", ""}, {"안녕하세요", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(classify("a", cases[i].text, false).language,
		    cases[i].language);
}

/* Every list fits, is in the form that is looked for, and every word finds itself. */
static void
test_tables(void **state)
{
	struct rmn_words *words = malloc(sizeof(*words));
	size_t types = 0;

	(void)state;
	assert_non_null(words);
	rmn_words_init(words);
	for (; rmn_doc_types[types].id; types++) {
		assert_true(strlen(rmn_doc_types[types].title_en) > 0);
		assert_true(strlen(rmn_doc_types[types].title_ja) > 0);
		rmn_words_add(words, rmn_type_words[types].strong, 0, 0, 0);
		rmn_words_add(words, rmn_type_words[types].weak, 0, 0, 0);
		rmn_words_add(words, rmn_type_words[types].not_with, 0, 0, 0);
	}
	assert_in_range(types, 20, 32);
	rmn_words_add(words, rmn_words_software, 0, 0, 0);
	rmn_words_add(words, rmn_words_private, 0, 0, 0);
	rmn_words_add(words, rmn_words_template, 0, 0, 0);
	rmn_marking_add_words(words, (struct rmn_marking_kinds){1, 2});
	assert_true(words->count < RMN_WORDS_MAX);
	for (unsigned i = 0; i < words->count; i++) {
		struct rmn_bytes text = {(const unsigned char *)words->words[i].text,
		    words->words[i].size};
		struct rmn_normal n;
		struct rmn_word_hit hit;
		size_t at = 0;

		assert_true(text.size > 0);
		rmn_normal_init(&n);
		assert_int_equal(rmn_normal_fill(&n, text, RMN_UTF8), RMN_OK);
		assert_true(rmn_bytes_equal(rmn_buf_bytes(&n.text), text));
		assert_true(rmn_words_next(words, text, &at, &hit));
		assert_int_equal(hit.end, text.size);
		rmn_normal_release(&n);
	}
	free(words);
}

/* Cut anywhere and filled with anything: no crash, and always a row of the table. */
static void
test_hostile(void **state)
{
	uint64_t seed = 88172645463325252u;
	unsigned char bytes[300];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const struct sample *s = &samples[(size_t)round % (sizeof(samples) / sizeof(samples[0]))];
		size_t size = strlen(s->text);
		struct rmn_classify_input input = {0};
		struct rmn_classification r;

		size = size < sizeof(bytes) ? size : sizeof(bytes);
		memcpy(bytes, s->text, size);
		for (int k = 0; k < round % 5; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			bytes[(seed >> 33) % size] = (unsigned char)(seed >> 50);
		}
		input.head_text = (struct rmn_bytes){bytes, size - (size_t)round % size};
		input.name = input.title = input.path = input.head_text;
		classify_one(&input, &r);
		assert_non_null(r.doc_type);
		assert_true(memchr(r.marking_text, 0, sizeof(r.marking_text)) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types), cmocka_unit_test(test_markings),
		cmocka_unit_test(test_business), cmocka_unit_test(test_language),
		cmocka_unit_test(test_tables), cmocka_unit_test(test_hostile),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rmn_classifier_free(classifier);
	return failed;
}
