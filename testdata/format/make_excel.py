#!/usr/bin/env python3
"""Makes fixtures of xls, xls95, biff and of macros in packages.  Everybody in them is made up.

    python3 testdata/format/make_excel.py     then: RMN_GOLDEN=1 build/gcc/unit/format_office
"""
from cfb import cfb
from make import package, rels, types, save, OOXML, XML
from vba import project

MODULE = '''Attribute VB_Name = "送信"
Attribute VB_Description = "名簿を送る"
' 作成: 山田 太郎 <taro.yamada@example.jp>
Sub 名簿を送る()
    Const SERVER = "smtp.example.jp"
    Const PASSWORD = "himitsu-2014"
    MsgBox "送りました。送りました。送りました。"
End Sub
'''


def macro():
    book = XML + ('<workbook xmlns:r="r"><sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets>'
                  '</workbook>')
    sheet = XML + '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    package('xlsx/macro.in', {
        '[Content_Types].xml': types({
            'xl/workbook.xml': 'application/vnd.ms-excel.sheet.macroEnabled.main+xml',
            'xl/worksheets/sheet1.xml': OOXML + 'spreadsheetml.worksheet+xml'}),
        'xl/workbook.xml': book,
        'xl/_rels/workbook.xml.rels': rels([('rId1', 'worksheet', 'worksheets/sheet1.xml', False)]),
        'xl/worksheets/sheet1.xml': sheet,
        'xl/vbaProject.bin': cfb(project({
            'ThisWorkbook': 'Attribute VB_Name = "ThisWorkbook"\nAttribute VB_Base = "0{1}"\n',
            '送信': MODULE}, references=['*\\CC:\\Users\\yamada\\名簿.xls'])),
    })


if __name__ == '__main__':
    macro()
