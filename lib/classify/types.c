/* SPDX-License-Identifier: MIT
 *
 * The types of documents and their words, one row a type.  One list makes both tables, so that
 * they cannot fall out of step.  When two types score the same, the one above wins: what is
 * narrow stands before what is wide. */
#include "classify/types.h"

#include "classify/classify.h"

#define TYPES(TYPE) \
	TYPE(nda, "Non-disclosure agreement", "秘密保持契約", \
	    "秘密保持契約|機密保持契約|秘密保持に関する|守秘義務契約|nda|non-disclosure|" \
	    "nondisclosure|confidentiality agreement", \
	    "秘密情報|受領者|開示者|守秘義務|receiving party|disclosing party", \
	    "「甲」|「乙」", "") \
	TYPE(contract, "Contract", "契約書", \
	    "契約書|覚書|注文請書|基本契約|業務委託契約|売買契約|賃貸借契約|請負契約|" \
	    "準委任契約|保守契約|約款|agreement|contract", \
	    "甲乙|甲および乙|甲及び乙|業務委託|印紙|本契約|収入印紙|解除|whereas|hereinafter|" \
	    "hereby agree|governing law|in witness whereof", \
	    "「甲」|「乙」", "使用許諾契約|雇用契約") \
	TYPE(estimate, "Estimate", "見積書", \
	    "見積書|お見積書|御見積書|お見積|御見積|見積り書|quotation", \
	    "見積金額|有効期限|見積番号|見積合計|見積|quote|estimate|valid until", \
	    "御中|合計", "見積依頼") \
	TYPE(purchase_order, "Purchase order", "注文書", \
	    "注文書|発注書|御注文書|purchase order", \
	    "注文番号|発注番号|納期|納入場所|po number|発注日|注文日|ship to", \
	    "御中|合計", "注文請書") \
	TYPE(invoice, "Invoice", "請求書", \
	    "請求書|ご請求書|御請求書|請求明細|適格請求書|invoice", \
	    "ご請求|御請求|請求金額|振込先|お振込先|支払期日|お支払期限|支払期限|登録番号t|" \
	    "amount due|remit to|bill to|due date", \
	    "御中|合計", "") \
	TYPE(delivery, "Delivery note, acceptance, receipt", "納品書・検収書・領収書", \
	    "納品書|検収書|受領書|領収書|領収証|検収通知|物品受領|delivery note|" \
	    "acceptance certificate|packing slip", \
	    "納品日|検収日|納入|但し|正に領収|受領印|receipt|received with thanks|packed by|" \
	    "検収", \
	    "御中|合計", "") \
	TYPE(proposal, "Proposal", "提案書", \
	    "提案書|企画書|ご提案|御提案|提案資料|rfp response|proposal", \
	    "ご提案内容|提案の背景|導入効果|提案依頼|概算費用|企画概要|rfp|our approach|" \
	    "executive summary|deliverables", \
	    "御中|スケジュール", "") \
	TYPE(minutes, "Minutes", "議事録", \
	    "議事録|打合せメモ|打ち合わせメモ|打合せ記録|議事メモ|meeting minutes|minutes", \
	    "打合せ|打ち合わせ|出席者|欠席者|決定事項|議題|todo|次回|宿題事項|attendees|" \
	    "action items|agenda|next meeting", \
	    "日時|場所|出席", "") \
	TYPE(security, "Security assessment", "セキュリティ診断", \
	    "診断報告書|脆弱性診断|ペネトレーションテスト|脆弱性検査|セキュリティ診断|" \
	    "vulnerability report|vulnerability assessment|penetration test|pentest", \
	    "脆弱性|検出事項|ペネトレーション|リスク高|危険度|対策案|再現手順|findings|cvss|" \
	    "remediation|cve|sqlインジェクション|クロスサイトスクリプティング|sql injection", \
	    "脆弱性|対策", "") \
	TYPE(network, "Network documentation", "ネットワーク資料", \
	    "ネットワーク構成図|ネットワーク構成|ネットワーク設計|システム構成図|機器設定書|" \
	    "パラメータシート|network diagram|network configuration", \
	    "構成図|ipアドレス|vlan|ファイアウォール|ファイアーウォール|ルータ|ルーター|" \
	    "サブネット|デフォルトゲートウェイ|設定書|subnet|firewall rules|router|gateway", \
	    "IPアドレス|VLAN", "") \
	TYPE(design, "Specification, design, test", "設計書・仕様書", \
	    "設計書|仕様書|要件定義|要件定義書|基本設計|詳細設計|外部設計|内部設計|画面遷移図|" \
	    "テスト仕様|テスト計画書|試験成績書|specification|design document|" \
	    "requirements definition|test plan|functional spec", \
	    "画面遷移|画面一覧|機能一覧|テーブル定義|er図|入力項目|処理概要|処理フロー|" \
	    "非機能要件|前提条件|改訂履歴|変更履歴|テスト項目|期待結果|requirements|interface|" \
	    "test case|use case|design", \
	    "機能|処理", "") \
	TYPE(payroll, "Payroll", "給与", \
	    "給与明細|給料明細|賞与明細|給与支給|源泉徴収票|給与台帳|賃金台帳|給与一覧|" \
	    "年末調整|payroll|payslip|salary statement|w-2", \
	    "給与|給料|賞与|基本給|支給額|差引支給額|社会保険|厚生年金|健康保険料|雇用保険|" \
	    "所得税|住民税|控除|通勤手当|salary|gross pay|net pay|withholding", \
	    "支給|控除", "") \
	TYPE(personnel, "Personnel", "人事", \
	    "人事評価|人事考課|人事異動|評価シート|考課表|履歴書|職務経歴書|雇用契約|" \
	    "雇用契約書|退職届|退職願|労働条件通知|入社誓約|社員名簿|身上書|勤務評定|resume|" \
	    "curriculum vitae|performance appraisal|personnel file|employment contract", \
	    "人事|評価|考課|異動|学歴|職歴|志望動機|昇格|等級|入社|退職|資格・免許|cv|" \
	    "personnel|appraisal|work experience|education", \
	    "学歴|職歴", "") \
	TYPE(customer_list, "Customer list", "名簿", \
	    "顧客名簿|顧客リスト|顧客一覧|取引先一覧|取引先名簿|会員一覧|会員名簿|連絡先一覧|" \
	    "名簿|顧客台帳|申込者一覧|参加者名簿|住所録|電話帳|customer list|client list|" \
	    "contact list|mailing list export", \
	    "顧客番号|会員番号|担当者名|フリガナ|連絡先|メールアドレス|電話番号|郵便番号|" \
	    "contacts|leads|customer id|phone number", \
	    "氏名|電話番号|住所", "") \
	TYPE(credentials, "Account and password list", "アカウント一覧", \
	    "アカウント一覧|パスワード一覧|id/pw|id/パスワード|アカウント管理台帳|" \
	    "id管理台帳|パスワード管理|ログイン情報|パスワードメモ|account list|password list|" \
	    "credentials", \
	    "ログインid|初期パスワード|パスワード|管理台帳|ユーザ名|ユーザー名|ユーザid|接続先|" \
	    "root|administrator|password|username|login", \
	    "パスワード|ID", "") \
	TYPE(finance, "Finance", "財務", \
	    "決算書|決算報告|予算書|試算表|損益計算書|貸借対照表|原価計算|予算実績|" \
	    "資金繰り|収支計画|予算案|売上一覧|売上報告|balance sheet|income statement|" \
	    "profit and loss|p&l|annual budget|cash flow statement", \
	    "決算|予算|損益|貸借|原価|売上|営業利益|経常利益|粗利|前年比|勘定科目|budget|" \
	    "revenue|gross profit|operating income|forecast", \
	    "売上|利益", "") \
	TYPE(legal, "Legal, intellectual property", "法務・知財", \
	    "訴状|意見書|特許願|特許出願|明細書案|発明届|発明提案|内容証明|準備書面|" \
	    "legal opinion|patent application|litigation|attorney-client", \
	    "特許|発明|出願|弁護士|弁理士|請求項|原告|被告|先行技術|patent|claims|plaintiff|" \
	    "defendant|counsel|invention", \
	    "【特許請求の範囲】", "") \
	TYPE(report, "Report", "報告書", \
	    "報告書|週報|月報|日報|作業報告|障害報告|稟議書|決裁書|起案書|顛末書|始末書|" \
	    "進捗報告|調査報告|出張報告|weekly report|monthly report|incident report|" \
	    "status report|trip report", \
	    "稟議|決裁|発生日時|原因|再発防止|経緯|進捗|今週の|来週の|作業内容|報告|" \
	    "root cause|progress|report|summary of findings", \
	    "原因|対策", "") \
	TYPE(meeting, "Meeting material", "会議資料", \
	    "会議資料|会議次第|開催通知|開催のご案内|会議案内|meeting agenda|meeting invitation", \
	    "次第|議案|開催日時|会場|agenda|venue|attendance", \
	    "日時|場所|議題", "") \
	TYPE(schedule, "Schedule", "予定表", \
	    "スケジュール表|工程表|予定表|線表|マスタスケジュール|作業計画書|当番表|" \
	    "シフト表|wbs|gantt|project schedule", \
	    "スケジュール|工程|予定|開始日|終了日|進捗率|担当|milestone|start date|end date", \
	    "開始日|終了日", "") \
	TYPE(source_code, "Source code", "ソースコード", \
	    "", \
	    "#include|#define|public class|private static|function|import java|using namespace|" \
	    "public static void|select * from|def __init__|package main|return 0;|copyright (c)", \
	    "", "") \
	TYPE(mail, "Mail", "メール", \
	    "お世話になっております|お世話になります|お疲れ様です|お疲れさまです|" \
	    "平素は格別|best regards|kind regards|sincerely yours", \
	    "よろしくお願い|宜しくお願い|ご査収|ご確認|ご連絡|添付|件名|拝啓|please find attached|" \
	    "let me know|thank you|regards|attached", \
	    "", "") \
	TYPE(slide, "Slides", "スライド", "", "", "", "")

#define TITLES(id, en, ja, strong, weak, layout, not_with) {#id, en, ja},
#define WORDS(id, en, ja, strong, weak, layout, not_with) {strong, weak, layout, not_with},

const struct rmn_doc_type rmn_doc_types[] = {
	TYPES(TITLES)
	{"other", "Other", "その他"},
	{NULL, NULL, NULL},
};

const struct rmn_type_words rmn_type_words[] = {
	TYPES(WORDS)
	{"", "", "", ""},
};

const char rmn_words_software[] =
    "gnu general public license|gnu lesser general public license|permission is hereby granted|"
    "apache license|redistribution and use in source|mozilla public license|"
    "end user license agreement|end-user license agreement|software license agreement|"
    "microsoft software license terms|使用許諾契約|ソフトウェア使用許諾|エンドユーザー使用許諾|"
    "エンドユーザ使用許諾|利用規約に同意|readme first|release notes for|インストールガイド|"
    "オンラインヘルプ|ヘルプトピック|取扱説明書|オンラインマニュアル|user's guide|"
    "getting started guide|this software is provided|click next to continue";

const char rmn_words_private[] =
    "恋人|年賀状|家族旅行|家計簿|日記帳|レシピ|作り方|攻略法|攻略本|歌詞|小説|同人誌|宿題の|読書感想文|"
    "結婚式|披露宴|誕生日会|運動会|子どもの写真|お小遣い|ゲーム攻略|献立|recipe|lyrics|"
    "love letter|wedding|birthday party|walkthrough|fan fiction|homework|dear santa";

const char rmn_words_template[] =
    "ひな形|雛形|ひながた|テンプレート|記入例|書き方|サンプル文例|文例集|template|fill-in form";
